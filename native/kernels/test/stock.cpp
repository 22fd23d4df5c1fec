// Checks of the kernels that only move numbers, sum or multiply them.
#include <functional>

#include "checks.h"

void checkMaps(Device& device, Checks& checks) {
  struct Unary {
    const char* name;
    double (*meaning)(double);
  };
  const Unary all[] = {{"copy", [](double x) { return x; }},
                       {"neg", [](double x) { return -x; }},
                       {"abs", [](double x) { return std::fabs(x); }},
                       {"sign", [](double x) { return x > 0 ? 1 : x < 0 ? -1 : x; }},
                       {"exp", [](double x) { return std::exp(x); }},
                       {"log", [](double x) { return std::log(x); }},
                       {"log1p", [](double x) { return std::log1p(x); }},
                       {"expm1", [](double x) { return std::expm1(x); }},
                       {"sqrt", [](double x) { return std::sqrt(x); }},
                       {"recip", [](double x) { return 1 / x; }},
                       {"sin", [](double x) { return std::sin(x); }},
                       {"cos", [](double x) { return std::cos(x); }},
                       {"tanh", [](double x) { return std::tanh(x); }},
                       {"sigmoid", [](double x) { return 1 / (1 + std::exp(-x)); }},
                       {"erf", [](double x) { return std::erf(x); }}};
  const int features = 3;
  const int samples = 70;
  const int ld = pitch(samples);
  Floats x = normals(features * ld, 1);
  Floats edges = {0, -0.0f, 1, -1, 1e-30f, 30, 85, -80, INFINITY, -INFINITY, NAN, 12345.678f};
  std::copy(edges.begin(), edges.end(), x.begin());
  Array<float> in(device, x);
  Array<int> reversed(device, {2, 1, 0});
  for (const Unary& op : all) {
    Array<float> out(device, Floats(features * ld, 9));
    Operand view = {in.address, reversed.address, ld, 1, 0, 0};
    device.launch((std::string("map_") + op.name).c_str(), 1, 256, 0, out, ld, view, features,
                  samples);
    Floats y = out.values();
    for (int i = 0; i < features * ld; i++) {
      int s = i % ld;
      double want = s < samples ? op.meaning(x[(2 - i / ld) * ld + s]) : 9;
      checks.near(op.name, y[i], (float)want, 4e-7);
    }
  }
  struct Binary {
    const char* name;
    std::function<double(double, double)> meaning;
  };
  const Binary pairs[] = {{"add", [](double a, double b) { return a + b; }},
                          {"sub", [](double a, double b) { return a - b; }},
                          {"mul", [](double a, double b) { return a * b; }},
                          {"div", [](double a, double b) { return a / b; }},
                          {"max", [](double a, double b) { return a != a ? a : std::fmax(a, b); }},
                          {"min", [](double a, double b) { return a != a ? a : std::fmin(a, b); }},
                          {"pow", [](double a, double b) { return std::pow(a, b); }},
                          {"less", [](double a, double b) { return a < b; }},
                          {"equal", [](double a, double b) { return a == b; }}};
  Floats weights = {2, 0.5f, -3};
  Array<float> b(device, weights);
  for (const Binary& op : pairs) {
    Array<float> out(device, Floats(features * ld));
    device.launch((std::string("map_") + op.name).c_str(), 2, 256, 0, out, ld, perSample(in, ld),
                  shared(b), features, samples);
    Floats y = out.values();
    for (int i = 0; i < features * ld; i++) {
      if (i % ld < samples) {
        checks.near(op.name, y[i], (float)op.meaning(x[i], weights[i / ld]), 4e-7);
      }
    }
  }
  Array<float> out(device, Floats(features * ld));
  device.launch("map_select", 1, 256, 0, out, ld, perSample(in, ld), constant(5), shared(b),
                features, samples);
  Floats y = out.values();
  for (int i = 0; i < features * ld; i++) {
    if (i % ld < samples) {
      checks.same("select", y[i], x[i] != 0 ? 5 : weights[i / ld]);
    }
  }
  device.launch("fill", 1, 256, 0, out, ld, 7.0f, features, samples);
  checks.same("fill", out.values()[2 * ld + samples - 1], 7);
}

void checkLayouts(Device& device, Checks& checks) {
  for (int features : {1, 3, 33, 70}) {
    for (int samples : {1, 31, 64, 100}) {
      int ld = pitch(samples);
      Floats rows = normals(features * samples, 2);
      Array<float> in(device, rows);
      Array<float> turned(device, Floats(features * ld));
      Array<float> back(device, Floats(features * samples));
      device.launch("rows_to_features", 2, 256, 0, turned, in, features, samples, ld);
      device.launch("features_to_rows", 3, 256, 0, back, turned, features, samples, ld);
      Floats values = turned.values();
      Floats again = back.values();
      for (int f = 0; f < features; f++) {
        for (int s = 0; s < samples; s++) {
          checks.same("rows_to_features", values[f * ld + s], rows[s * features + f]);
          checks.same("features_to_rows", again[s * features + f], rows[s * features + f]);
        }
      }
    }
  }
}

void checkSums(Device& device, Checks& checks) {
  const std::vector<int> begin = {0, 2, 3, 6};
  const std::vector<int> members = {5, 0, 1, 2, 3, 4};
  const std::vector<int> positions = {0, 1, 0, 0, 1, 2};
  Array<int> begins(device, begin);
  Array<int> listed(device, members);
  Array<int> places(device, positions);
  for (int samples : {1, 17, 300, 1023}) {
    int ld = pitch(samples);
    Floats x = normals(6 * ld, 3);
    Array<float> in(device, x);
    Array<float> out(device, Floats(3 * ld));
    device.launch("sum_features", 2, 256, 0, out, ld, perSample(in, ld), begins, listed, 3,
                  samples);
    Floats sums = out.values();
    for (int kind = 0; kind < 3; kind++) {
      device.launch("extreme_features", 2, 256, 0, out, ld, perSample(in, ld), begins, listed,
                    places, kind, 3, samples);
      Floats extremes = out.values();
      for (int r = 0; r < 3; r++) {
        for (int s = 0; s < samples; s++) {
          double sum = 0;
          int best = begin[r];
          for (int i = begin[r]; i < begin[r + 1]; i++) {
            float candidate = x[members[i] * ld + s];
            float found = x[members[best] * ld + s];
            best = (kind == 1 ? candidate < found : candidate > found) ? i : best;
            sum += candidate;
          }
          checks.same("extreme", extremes[r * ld + s],
                      kind == 2 ? positions[best] : x[members[best] * ld + s]);
          checks.near("sum_features", sums[r * ld + s], sum, 1e-6);
        }
      }
    }
    Array<float> partial(device, Floats(6 * 3));
    Array<float> total(device, Floats(6, 1));
    device.launch("sum_samples", 5, 256, 0, partial, perSample(in, ld), 6, samples, 3, 0);
    device.launch("sum_samples", 6, 256, 0, total, perSample(partial, 3), 6, 3, 1, 1);
    for (int f = 0; f < 6; f++) {
      double sum = 1;
      for (int s = 0; s < samples; s++) {
        sum += x[f * ld + s];
      }
      checks.near("sum_samples", total.values()[f], sum, 3e-5);
    }
  }
  Floats x = normals(5000, 4);
  Array<float> in(device, x);
  Array<int> whole(device, {0, 5000});
  Array<float> partial(device, Floats(7));
  device.launch("sum_shared", 7, 256, 0, partial, shared(in), whole, null, 1, 7, 0);
  double sum = 0;
  double found = 0;
  for (float value : x) {
    sum += value;
  }
  for (float value : partial.values()) {
    found += value;
  }
  checks.near("sum_shared", found, sum, 1e-5);
}

void checkContractions(Device& device, Checks& checks) {
  const int samples = 77;
  const int ld = pitch(samples);
  const std::vector<int> aBase = {0, 0, 3, 3};
  const std::vector<int> aStep = {0, 1, 2};
  const std::vector<int> bBase = {0, 1, 0, 1};
  const std::vector<int> bStep = {0, 4, 8};
  Floats a = normals(6 * ld, 5);
  Floats weights = normals(12, 6);
  Floats b = normals(12 * ld, 7);
  Array<float> onA(device, a), onWeights(device, weights), onB(device, b);
  Array<int> tables[] = {{device, aBase}, {device, aStep}, {device, bBase}, {device, bStep}};
  Array<float> each(device, Floats(4 * ld)), all(device, Floats(4 * 2));
  device.launch("contract_features", 2, 256, 0, each, ld, perSample(onA, ld), shared(onWeights),
                tables[0], tables[1], tables[2], tables[3], 3, 4, samples);
  device.launch("contract_samples", 4, 256, 0, all, perSample(onA, ld), perSample(onB, ld),
                tables[0], tables[1], tables[2], tables[3], 3, 4, samples, 2, 0);
  Floats products = each.values();
  Floats sums = all.values();
  for (int o = 0; o < 4; o++) {
    double total = 0;
    for (int s = 0; s < samples; s++) {
      double product = 0;
      for (int j = 0; j < 3; j++) {
        float x = a[(aBase[o] + aStep[j]) * ld + s];
        product += (double)x * weights[bBase[o] + bStep[j]];
        total += (double)x * b[(bBase[o] + bStep[j]) * ld + s];
      }
      checks.near("contract_features", products[o * ld + s], product, 1e-6);
    }
    checks.near("contract_samples", sums[2 * o] + sums[2 * o + 1], total, 1e-5);
  }
}

void checkTables(Device& device, Checks& checks) {
  const int samples = 517;
  const int count = 2;
  const int rows = 5;
  const int ld = pitch(samples);
  std::mt19937 generator(8);
  for (int width : {1, 3, 300}) {
    Floats table = normals(rows * width, 9);
    Floats x = normals(count * width * ld, 10);
    Floats index(count * ld);
    for (float& i : index) {
      i = generator() % rows;
    }
    int columns = 1;
    while (columns < width && columns < 256) {
      columns *= 2;
    }
    Array<float> onTable(device, table), onIndex(device, index), onX(device, x);
    Array<float> picked(device, Floats(count * width * ld)), added(device, Floats(rows * width));
    Array<int> fault(device, {0, 0, 0, 0});
    device.launch("gather", 4, 256, 0, picked, ld, shared(onTable), perSample(onIndex, ld), width,
                  count, rows, samples, fault);
    device.launch("scatter_add", 3, 256, 0, added, perSample(onX, ld), perSample(onIndex, ld),
                  width, columns, count, rows, samples, 0, fault);
    std::vector<double> sums(rows * width);
    Floats found = picked.values();
    for (int f = 0; f < count * width; f++) {
      for (int s = 0; s < samples; s++) {
        int at = (int)index[f / width * ld + s] * width + f % width;
        checks.same("gather", found[f * ld + s], table[at]);
        sums[at] += x[f * ld + s];
      }
    }
    Floats totals = added.values();
    for (int i = 0; i < rows * width; i++) {
      checks.near("scatter_add", totals[i], sums[i], 3e-5);
    }
    checks.same("no fault", fault.values()[0], 0);
    index[ld + 5] = rows;
    Array<float> wrong(device, index);
    device.launch("gather", 4, 256, 0, picked, ld, shared(onTable), perSample(wrong, ld), width,
                  count, rows, samples, fault);
    const int fiveAsBits = 0x40a00000;
    const int want[] = {1, fiveAsBits, 1, 5};
    for (int i = 0; i < 4; i++) {
      checks.same("fault", fault.values()[i], want[i]);
    }
    checks.same("faulty row", picked.values()[width * ld + 5], NAN);
  }
}
