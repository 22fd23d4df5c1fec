package dev.advect.verify;

import static dev.advect.type.ValueType.sample;
import static dev.advect.type.ValueType.shared;
import static dev.advect.verify.OpCase.Domain.ANY;
import static dev.advect.verify.OpCase.Domain.CONDITION;
import static dev.advect.verify.OpCase.Domain.INDEX;
import static dev.advect.verify.OpCase.Domain.POSITIVE;

import dev.advect.graph.Op.Elementwise;
import dev.advect.graph.Op.Extremum;
import dev.advect.graph.Value;
import dev.advect.type.ValueType;
import java.util.ArrayList;
import java.util.List;

/** The one list of cases, at awkward sizes: 1, 3, 17, 33, 1023. */
final class OpCases {
  private static final int[] SIZES = {1, 3, 17, 1023};

  private OpCases() {}

  static List<OpCase> all() {
    var cases = new ArrayList<OpCase>();
    elementwise(cases);
    structure(cases);
    contractions(cases);
    bridges(cases);
    return cases;
  }

  private static void elementwise(List<OpCase> cases) {
    for (Elementwise op : Elementwise.values()) {
      for (int n : SIZES) {
        cases.add(elementwise(op, sample(n)));
      }
      cases.add(elementwise(op, sample()));
      cases.add(elementwise(op, sample(3, 5)));
      cases.add(elementwise(op, shared(37)));
      cases.add(elementwise(op, shared()));
    }
    cases.add(
        OpCase.of(
            "add sample[17] shared[17]",
            List.of(sample(17), shared(17)),
            (_, x) -> x.get(0).plus(x.get(1))));
    cases.add(
        OpCase.of(
            "mul sample[4, 5] sample[5]",
            List.of(sample(4, 5), sample(5)),
            (_, x) -> x.get(0).times(x.get(1))));
    cases.add(
        OpCase.of(
            "mul sample[] shared[3, 4]",
            List.of(sample(), shared(3, 4)),
            (_, x) -> x.get(0).times(x.get(1))));
    cases.add(
        OpCase.of(
            "a chain that fuses",
            List.of(sample(33), shared(), sample()),
            (_, x) ->
                x.get(0).times(x.get(1)).tanh().plus(x.get(2)).square().times(0.3).sigmoid()));
    cases.add(
        OpCase.of(
            "a select whose other branch is not a number",
            List.of(sample(9)),
            (g, x) ->
                x.get(0).less(g.constant(0)).select(x.get(0).exp(), x.get(0).plus(0.5).log())));
  }

  private static OpCase elementwise(Elementwise op, ValueType type) {
    String name = op.name().toLowerCase(java.util.Locale.ROOT) + " " + type;
    OpCase plain =
        OpCase.of(
            name,
            java.util.Collections.nCopies(op.arity(), type),
            (g, x) -> g.elementwise(op, x.toArray(Value[]::new)));
    return switch (op) {
      case LOG, LOG1P, SQRT, RECIP -> plain.with(POSITIVE);
      case POW -> plain.with(POSITIVE, ANY);
      case DIV -> plain.with(ANY, POSITIVE);
      case SELECT -> plain.with(CONDITION, ANY, ANY);
      default -> plain;
    };
  }

  private static void structure(List<OpCase> cases) {
    for (boolean sampled : new boolean[] {true, false}) {
      ValueType t = new ValueType(sampled, List.of(3, 4, 5));
      String of = " of " + t;
      cases.add(OpCase.of("sum 0" + of, List.of(t), (_, x) -> x.getFirst().sum(0)));
      cases.add(OpCase.of("sum 1,2" + of, List.of(t), (_, x) -> x.getFirst().sum(1, 2)));
      cases.add(OpCase.of("sum all" + of, List.of(t), (_, x) -> x.getFirst().sum()));
      cases.add(OpCase.of("mean 1" + of, List.of(t), (_, x) -> x.getFirst().mean(1)));
      cases.add(OpCase.of("max 1" + of, List.of(t), (_, x) -> x.getFirst().maxOver(1)));
      cases.add(OpCase.of("min all" + of, List.of(t), (_, x) -> x.getFirst().minOver()));
      cases.add(
          OpCase.of(
              "argmax 2" + of,
              List.of(t),
              (g, x) -> g.extremum(Extremum.Kind.ARGMAX, x.getFirst(), List.of(2))));
      cases.add(OpCase.of("repeat" + of, List.of(t), (_, x) -> x.getFirst().repeat(1, 6).sin()));
      cases.add(OpCase.of("slice 1" + of, List.of(t), (_, x) -> x.getFirst().slice(1, 1, 3)));
      cases.add(OpCase.of("slice 0" + of, List.of(t), (_, x) -> x.getFirst().slice(0, 2, 3).exp()));
      cases.add(OpCase.of("pad 1" + of, List.of(t), (_, x) -> x.getFirst().pad(1, 2, 1)));
      cases.add(OpCase.of("reshape" + of, List.of(t), (_, x) -> x.getFirst().reshape(6, 10)));
      cases.add(OpCase.of("transpose" + of, List.of(t), (_, x) -> x.getFirst().transpose(2, 0, 1)));
      cases.add(
          OpCase.of(
              "transpose, slice, pad, sum" + of,
              List.of(t),
              (_, x) ->
                  x.getFirst().transpose(2, 1, 0).slice(0, 1, 4).square().pad(2, 1, 0).sum(1)));
      cases.add(
          OpCase.of(
              "concat 1" + of,
              List.of(t, new ValueType(sampled, List.of(3, 2, 5))),
              (g, x) -> g.concat(1, x.get(0), x.get(1).sin())));
    }
    cases.add(
        OpCase.of(
            "concat of sample and shared",
            List.of(sample(3), shared(4), sample(1)),
            (g, x) -> g.concat(0, x.get(0), x.get(1), x.get(2))));
    cases.add(OpCase.of("spread", List.of(shared(7)), (_, x) -> x.getFirst().sin().spread().exp()));
  }

  private static OpCase contract(String a, String b, String out, ValueType ta, ValueType tb) {
    return OpCase.of(
        "contract %s,%s->%s %s %s".formatted(a, b, out, ta, tb),
        List.of(ta, tb),
        (g, x) -> g.contract(a, b, out, false, x.get(0), x.get(1)));
  }

  private static void contractions(List<OpCase> cases) {
    for (int in : SIZES) {
      for (int out : new int[] {1, 2, 5, 17, 64}) {
        cases.add(contract("i", "oi", "o", sample(in), shared(out, in)));
      }
    }
    cases.add(contract("i", "io", "o", sample(17), shared(17, 9)));
    cases.add(contract("oi", "i", "o", shared(9, 17), sample(17)));
    cases.add(contract("td", "de", "te", sample(5, 6), shared(6, 7)));
    cases.add(contract("td", "de", "et", sample(5, 6), shared(6, 7)));
    cases.add(contract("td", "te", "de", sample(5, 6), shared(5, 7)));
    cases.add(contract("hi", "hoi", "ho", sample(3, 6), shared(3, 4, 6)));
    cases.add(contract("ab", "abo", "o", sample(3, 6), shared(3, 6, 8)));
    cases.add(contract("ba", "abo", "o", sample(6, 3), shared(3, 6, 8)));
    cases.add(contract("i", "i", "", sample(17), shared(17)));
    cases.add(contract("i", "o", "io", sample(5), shared(4)));
    cases.add(contract("i", "i", "", sample(17), sample(17)));
    cases.add(contract("ie", "je", "ij", sample(5, 6), sample(4, 6)));
    cases.add(contract("ij", "je", "ie", sample(5, 4), sample(4, 6)));
    cases.add(contract("hie", "hje", "hij", sample(2, 5, 3), sample(2, 4, 3)));
    cases.add(contract("ij", "jk", "ik", shared(5, 6), shared(6, 7)));
    cases.add(contract("hij", "hkj", "hki", shared(2, 5, 6), shared(2, 7, 6)));
    cases.add(
        OpCase.of(
            "contract of a transposed slice",
            List.of(sample(6, 5), shared(4, 3)),
            (_, x) -> x.get(0).transpose(1, 0).slice(1, 1, 4).dot("ti", x.get(1), "oi", "to")));
    cases.add(
        OpCase.of(
            "product and its epilogue",
            List.of(sample(20), shared(40, 20), shared(40)),
            (_, x) -> {
              Value y = x.get(0).dot("i", x.get(1), "oi", "o").plus(x.get(2));
              return y.times(y.sigmoid()).plus(y.square().sum().times(0.01));
            }));
  }

  private static void bridges(List<OpCase> cases) {
    for (int n : SIZES) {
      cases.add(
          OpCase.of(
              "sum samples " + n, List.of(sample(n)), (_, x) -> x.getFirst().sin().sumSamples()));
    }
    cases.add(
        OpCase.of(
            "the sample's index",
            List.of(sample(3)),
            (g, x) -> x.getFirst().plus(g.sampleIndex().plus(0.5).times(g.reciprocalBatch()))));
    cases.add(OpCase.of("mean samples", List.of(sample()), (_, x) -> x.getFirst().meanSamples()));
    cases.add(
        OpCase.of(
            "contract over samples",
            List.of(sample(17), sample(33)),
            (g, x) -> g.contract("i", "o", "io", true, x.get(0), x.get(1))));
    cases.add(
        OpCase.of(
            "contract over samples and tokens",
            List.of(sample(5, 3), sample(5, 4)),
            (g, x) -> g.contract("td", "te", "ed", true, x.get(0), x.get(1))));
    cases.add(
        OpCase.of(
            "contract over samples with heads",
            List.of(sample(2, 3), sample(2, 4)),
            (g, x) -> g.contract("hd", "he", "hde", true, x.get(0), x.get(1))));
    cases.add(
        OpCase.of(
                "gather",
                List.of(shared(5, 6), sample(3)),
                (_, x) -> x.get(0).gather(x.get(1)).sin())
            .with(ANY, INDEX));
    cases.add(
        OpCase.of(
                "gather rows of one number",
                List.of(shared(5), sample()),
                (_, x) -> x.get(0).gather(x.get(1)))
            .with(ANY, INDEX));
    cases.add(
        OpCase.of(
                "scatter add",
                List.of(sample(3, 4), sample(3)),
                (g, x) -> g.scatterAdd(x.get(0).sin(), x.get(1), 5))
            .with(ANY, INDEX));
    cases.add(
        OpCase.of(
            "centred and scaled over samples: three sample stages",
            List.of(sample(6)),
            (_, x) -> {
              Value c = x.getFirst().minus(x.getFirst().meanSamples());
              return c.over(c.square().meanSamples().plus(1e-3).sqrt());
            }));
  }
}
