package dev.advect.backend.cpu;

import dev.advect.graph.Op.Extremum;
import dev.advect.graph.Op.Linear;
import dev.advect.graph.Op.Source;
import dev.advect.graph.Value;
import dev.advect.program.Program;
import dev.advect.program.View;
import java.util.Arrays;
import java.util.List;

/** The steps of a sample stage that are neither products nor fused groups. */
final class TileSteps {
  private TileSteps() {}

  /** Draws random numbers: a pure function of seed, purpose, step, sample and element. */
  static TileStep draw(
      Value value, Source.Draw draw, Kernels kernels, Memory memory, Places places) {
    int features = value.size();
    int p = places.panel();
    Place v = places.of(value);
    return (tile, _) -> {
      float[] out = tile.array(v);
      var key = new Kernels.Key(memory.seed, memory.slice.step());
      for (int q = 0; q < tile.panels; q++) {
        int base = tile.offset(v) + q * v.stride();
        long sample = memory.slice.first() + tile.from + (long) q * p;
        for (int block = 0; block * 4 < features; block++) {
          int rows = Math.min(4, features - block * 4);
          kernels.draw(key, draw, sample, block, rows, out, base + block * 4 * p, tile.room);
        }
      }
    };
  }

  /** Says which sample of the global batch each is. */
  static TileStep sampleIndex(Value value, Memory memory, Places places) {
    int p = places.panel();
    Place v = places.of(value);
    return (tile, _) -> {
      float[] out = tile.array(v);
      for (int q = 0; q < tile.panels; q++) {
        int base = tile.offset(v) + q * v.stride();
        long sample = memory.slice.first() + tile.from + (long) q * p;
        for (int s = 0; s < p; s++) {
          out[base + s] = sample + s;
        }
      }
    };
  }

  /** Takes rows bound to an input; samples that do not exist are zero. */
  static TileStep load(Value value, String name, Memory memory, Places places) {
    int features = value.size();
    int p = places.panel();
    Place v = places.of(value);
    return (tile, _) -> {
      float[] rows = memory.rows.get(name);
      float[] out = tile.array(v);
      for (int q = 0; q < tile.panels; q++) {
        int base = tile.offset(v) + q * v.stride();
        int valid = q == tile.panels - 1 ? tile.valid : p;
        if (valid < p) {
          Arrays.fill(out, base, base + features * p, 0f);
        }
        int from = (tile.from + q * p) * features;
        for (int s = 0; s < valid; s++) {
          for (int f = 0; f < features; f++) {
            out[base + f * p + s] = rows[from + s * features + f];
          }
        }
      }
    };
  }

  /** Takes rows of a shared table. */
  static TileStep gather(Program program, Value v, Memory memory, Places places) {
    int p = places.panel();
    Place target = places.of(v);
    View index = program.reads(v).get(1);
    Place source = places.of(index.base());
    Value table = program.reads(v).getFirst().base();
    int count = index.isIdentity() ? index.base().size() : index.map().length;
    int width = v.size() / count;
    int tableRows = table.type().dim(0);
    return (tile, _) -> {
      float[] from = memory.shared(table);
      float[] at = tile.array(source);
      float[] out = tile.array(target);
      int[] rows = new int[p]; // where they begin in the table
      for (int q = 0; q < tile.panels; q++) {
        int base = tile.offset(target) + q * target.stride();
        int indices = tile.offset(source) + q * source.stride();
        int valid = q == tile.panels - 1 ? tile.valid : p;
        for (int i = 0; i < count; i++) {
          int first = indices + index.at(i) * p;
          for (int s = 0; s < p; s++) {
            rows[s] = s < valid ? row(at[first + s], tableRows, v) * width : 0;
          }
          for (int f = 0; f < width; f++) {
            copyFeature(from, rows, f, out, base + (i * width + f) * p);
          }
        }
      }
    };
  }

  /**
   * Copies a feature of some rows, with as little as possible done for each, so that the memory can
   * be asked for many of them at a time: a large table lies in no cache.
   */
  private static void copyFeature(float[] from, int[] rows, int feature, float[] out, int at) {
    for (int s = 0; s < rows.length; s++) {
      out[at + s] = from[rows[s] + feature];
    }
  }

  /** Adds rows into a shared table, the lane's own. */
  static TileStep scatterAdd(Program program, Value v, int sum, Places places) {
    int p = places.panel();
    View x = program.reads(v).getFirst();
    View index = program.reads(v).get(1);
    Place rowsOf = places.of(x.base());
    Place source = places.of(index.base());
    int rows = ((Linear.ScatterAdd) v.op()).rows();
    int count = v.arg(1).size();
    int width = v.arg(0).size() / count;
    return (tile, _) -> {
      float[] to = tile.sum(sum);
      float[] from = tile.array(rowsOf);
      float[] at = tile.array(source);
      for (int q = 0; q < tile.panels; q++) {
        int base = tile.offset(rowsOf) + q * rowsOf.stride();
        int indices = tile.offset(source) + q * source.stride();
        int valid = q == tile.panels - 1 ? tile.valid : p;
        for (int s = 0; s < valid; s++) {
          for (int i = 0; i < count; i++) {
            int row = row(at[indices + index.at(i) * p + s], rows, v);
            for (int f = 0; f < width; f++) {
              to[row * width + f] += from[base + x.at(i * width + f) * p + s];
            }
          }
        }
      }
    };
  }

  static int row(float index, int rows, Value v) {
    int row = (int) index;
    if (row != index || row < 0 || row >= rows) {
      throw new IndexOutOfBoundsException(
          "row %s of a table of %d, in %s made at %s".formatted(index, rows, v, v.origin()));
    }
    return row;
  }

  /** Copies whole rows: pieces put side by side along an axis, zeros elsewhere. */
  static TileStep assemble(Program program, Value v, Places places) {
    int p = places.panel();
    Place whole = places.of(v);
    List<View> parts = program.reads(v);
    List<Place> sources = parts.stream().map(r -> places.of(r.base())).toList();
    int[][] features = new int[parts.size()][];
    int[] strides = v.type().strides();
    int axis = v.op() instanceof Linear.Concat(int a) ? a : ((Linear.Pad) v.op()).axis();
    int at = v.op() instanceof Linear.Pad(_, int before, _) ? before : 0;
    for (int k = 0; k < features.length; k++) {
      Value part = v.arg(k);
      features[k] = new int[part.size()];
      int inner = strides[axis];
      int width = part.type().dim(axis) * inner;
      int pitch = v.type().dim(axis) * inner;
      for (int f = 0; f < features[k].length; f++) {
        features[k][f] = f / width * pitch + at * inner + f % width;
      }
      at += part.type().dim(axis);
    }
    boolean holes = v.op() instanceof Linear.Pad;
    return (tile, _) -> {
      float[] out = tile.array(whole);
      for (int q = 0; q < tile.panels; q++) {
        int base = tile.offset(whole) + q * whole.stride();
        if (holes) {
          Arrays.fill(out, base, base + whole.stride(), 0f);
        }
        for (int k = 0; k < features.length; k++) {
          View part = parts.get(k);
          Place source = sources.get(k);
          float[] from = tile.array(source);
          int start = tile.offset(source) + q * source.stride();
          for (int f = 0; f < features[k].length; f++) {
            System.arraycopy(from, start + part.at(f) * p, out, base + features[k][f] * p, p);
          }
        }
      }
    };
  }

  /** The extreme rows over axes. */
  static TileStep extremum(Program program, Value value, Extremum op, Places places) {
    int p = places.panel();
    Place v = places.of(value);
    View x = program.reads(value).getFirst();
    Place source = places.of(x.base());
    int[] to = projection(value.arg(0), op.axes());
    int stride = value.arg(0).type().strides()[op.axes().getFirst()];
    int length = value.arg(0).type().dim(op.axes().getFirst());
    boolean smallest = op.kind() == Extremum.Kind.MIN;
    boolean where = op.kind() == Extremum.Kind.ARGMAX;
    return (tile, _) -> {
      float[] from = tile.array(source);
      float[] out = tile.array(v);
      float[] best = where ? new float[v.stride()] : out;
      for (int q = 0; q < tile.panels; q++) {
        int base = tile.offset(v) + q * v.stride();
        int best0 = where ? 0 : base;
        int start = tile.offset(source) + q * source.stride();
        float worst = smallest ? Float.POSITIVE_INFINITY : Float.NEGATIVE_INFINITY;
        Arrays.fill(out, base, base + v.stride(), 0f);
        Arrays.fill(best, best0, best0 + v.stride(), worst);
        for (int f = 0; f < to.length; f++) {
          int row = start + x.at(f) * p;
          for (int s = 0; s < p; s++) {
            float candidate = from[row + s];
            int place = to[f] * p + s;
            if (smallest ? candidate < best[best0 + place] : candidate > best[best0 + place]) {
              best[best0 + place] = candidate;
              if (where) {
                out[base + place] = f / stride % length;
              }
            }
          }
        }
      }
    };
  }

  private static int[] projection(Value whole, List<Integer> removed) {
    int[] strides = whole.type().strides();
    int[] map = new int[whole.size()];
    for (int f = 0; f < map.length; f++) {
      for (int axis = 0; axis < strides.length; axis++) {
        if (!removed.contains(axis)) {
          map[f] = map[f] * whole.type().dim(axis) + f / strides[axis] % whole.type().dim(axis);
        }
      }
    }
    return map;
  }

  /** Copies a value to another place of the same size, for all panels of a tile. */
  static TileStep copy(Place from, Place to) {
    return (tile, _) ->
        System.arraycopy(
            tile.array(from),
            tile.offset(from),
            tile.array(to),
            tile.offset(to),
            tile.panels * to.stride());
  }
}
