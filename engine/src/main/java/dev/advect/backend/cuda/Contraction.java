package dev.advect.backend.cuda;

import dev.advect.graph.Op.Linear;
import dev.advect.graph.Value;
import dev.advect.program.Labels;
import dev.advect.program.Stage;
import dev.advect.program.View;
import java.util.List;
import java.util.Optional;

/**
 * The one matrix product as work for the device: by cuBLAS where its labels make it products of
 * matrices that lie evenly in memory, and by index tables where not.
 *
 * <p>A per-sample value is a matrix [samples, features] that lies column by column, so a layer is Y
 * = X W and its weight's gradient dW = X^T dY.
 */
final class Contraction {
  private final Addresses addresses;
  private final Stage.Sample stage;
  private final Value value;
  private final Linear.Contract op;
  private final Labels labels;
  private final View a;
  private final View b;

  Contraction(Addresses addresses, Stage.Sample stage, Value value, List<View> reads) {
    this.addresses = addresses;
    this.stage = stage;
    this.value = value;
    op = (Linear.Contract) value.op();
    labels = Labels.of(value);
    a = reads.get(0);
    b = reads.get(1);
  }

  /**
   * The work.
   *
   * @param accumulate whether a sum over samples is added to what is there
   */
  Work work(boolean accumulate) {
    Optional<Work> product = Optional.empty();
    if (op.sumSamples()) {
      product = gradient(accumulate);
    } else if (a.base().sampled() && !b.base().sampled() && !View.isConstant(b.base())) {
      product = layer();
    }
    return product.orElseGet(() -> byTables(accumulate));
  }

  /** Which features of a view's base some labels run over, all others at their first. */
  private int[] features(View view, String own, Value arg, String run) {
    int[] offsets = labels.offsets(run, own, arg);
    int[] features = new int[offsets.length];
    for (int i = 0; i < features.length; i++) {
      features[i] = view.at(offsets[i]);
    }
    return features;
  }

  private int[] ofA(String run) {
    return features(a, op.a(), value.arg(0), run);
  }

  private int[] ofB(String run) {
    return features(b, op.b(), value.arg(1), run);
  }

  private int[] ofOut(String run) {
    return labels.offsets(run, op.out(), value);
  }

  /** Whether features of a whole grid are those of its two sides added up. */
  private static boolean isGrid(int[] whole, int[] outer, int[] inner) {
    for (int i = 0; i < whole.length; i++) {
      int expected = outer[i / inner.length] + inner[i % inner.length] - outer[0];
      if (whole[i] != expected) {
        return false;
      }
    }
    return true;
  }

  /** Y = X W, for each combination of the labels that W lacks or shares with the result. */
  private Optional<Work> layer() {
    String outer = labels.batch() + labels.m();
    int[] xo = ofA(outer);
    int[] xk = ofA(labels.k());
    int[] yo = ofOut(outer);
    int[] yn = ofOut(labels.n());
    int[] wo = ofB(outer);
    int[] wn = ofB(labels.n());
    int[] wk = ofB(labels.k());
    boolean grids =
        isGrid(ofA(outer + labels.k()), xo, xk)
            && isGrid(ofB(labels.n() + labels.k()), wn, wk)
            && isGrid(ofB(outer + labels.n()), wo, wn);
    int px = Labels.pitch(xo);
    int py = Labels.pitch(yo);
    int pw = Labels.pitch(wo);
    boolean even = xo.length == 1 || (px > 0 && py > 0 && (pw > 0 || isOne(wo)));
    if (!grids || !even || !Labels.isRun(xk) || !Labels.isRun(yn)) {
      return Optional.empty();
    }
    int pn = Labels.pitch(wn);
    int pk = Labels.pitch(wk);
    boolean transposed = wn.length > 1 && pn == 1 || wk.length > 1 && pk != 1;
    if (transposed ? pn != 1 || pk < wn.length : pk != 1 || wn.length > 1 && pn < wk.length) {
      return Optional.empty();
    }
    int ldw = transposed ? pk : wn.length == 1 ? wk.length : pn;
    int ld = addresses.ld();
    long w = addresses.shared(b.base()) + (long) wo[0] * Float.BYTES;
    return Optional.of(
        new Work.Product(
            false,
            transposed,
            addresses.count(),
            yn.length,
            xk.length,
            base(a) + (long) xo[0] * ld * Float.BYTES,
            ld,
            (long) px * ld,
            w,
            ldw,
            isOne(wo) ? 0 : pw,
            0,
            addresses.of(stage, value) + (long) yo[0] * ld * Float.BYTES,
            ld,
            (long) py * ld,
            xo.length));
  }

  private static boolean isOne(int[] features) {
    for (int f : features) {
      if (f != features[0]) {
        return false;
      }
    }
    return true;
  }

  private long base(View view) {
    return addresses.of(stage, view.base());
  }

  /** dW = A^T B or its transpose, summed over the samples. */
  private Optional<Work> gradient(boolean accumulate) {
    int[] am = ofA(labels.m());
    int[] bn = ofB(labels.n());
    int pm = Labels.pitch(ofOut(labels.m()));
    int pn = Labels.pitch(ofOut(labels.n()));
    boolean plain =
        labels.size(labels.batch() + labels.k()) == 1
            && a.base().sampled()
            && b.base().sampled()
            && Labels.isRun(am)
            && Labels.isRun(bn);
    boolean byRows = pn == 1 && (am.length == 1 || pm >= bn.length);
    boolean byColumns = pm == 1 && (bn.length == 1 || pn >= am.length);
    if (!plain || !byRows && !byColumns) {
      return Optional.empty();
    }
    int ld = addresses.ld();
    long atA = base(a) + (long) am[0] * ld * Float.BYTES;
    long atB = base(b) + (long) bn[0] * ld * Float.BYTES;
    long out = addresses.shared(value);
    int k = addresses.count();
    float beta = accumulate ? 1 : 0;
    return Optional.of(
        byRows
            ? new Work.Product(
                true,
                false,
                bn.length,
                am.length,
                k,
                atB,
                ld,
                0,
                atA,
                ld,
                0,
                beta,
                out,
                am.length == 1 ? bn.length : pm,
                0,
                1)
            : new Work.Product(
                true,
                false,
                am.length,
                bn.length,
                k,
                atA,
                ld,
                0,
                atB,
                ld,
                0,
                beta,
                out,
                bn.length == 1 ? am.length : pn,
                0,
                1));
  }

  private Work byTables(boolean accumulate) {
    Tables tables = addresses.tables();
    int outs = value.size();
    int terms = labels.size(labels.k());
    long aBase = tables.address(labels.offsets(op.out(), op.a(), value.arg(0)));
    long aStep = tables.address(labels.offsets(labels.k(), op.a(), value.arg(0)));
    long bBase = tables.address(labels.offsets(op.out(), op.b(), value.arg(1)));
    long bStep = tables.address(labels.offsets(labels.k(), op.b(), value.arg(1)));
    Operand first = addresses.operand(stage, a);
    Operand second = addresses.operand(stage, b);
    long out = addresses.of(stage, value);
    if (op.sumSamples()) {
      return new Work.Launch(
          "contract_samples",
          outs,
          List.of(
              out,
              first,
              second,
              aBase,
              aStep,
              bBase,
              bStep,
              terms,
              outs,
              addresses.count(),
              1,
              accumulate ? 1 : 0));
    }
    int samples = value.sampled() ? addresses.count() : 1;
    int ld = value.sampled() ? addresses.ld() : 1;
    return Work.Launch.over(
        (long) outs * samples,
        "contract_features",
        out,
        ld,
        first,
        second,
        aBase,
        aStep,
        bBase,
        bStep,
        terms,
        outs,
        samples);
  }
}
