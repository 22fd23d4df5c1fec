package dev.advect.backend.cuda;

import dev.advect.graph.Op.Elementwise;
import dev.advect.graph.Op.Source;
import dev.advect.graph.Value;
import dev.advect.program.Program;
import dev.advect.program.Step;
import dev.advect.program.View;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * A kernel for a group of elementwise work, as CUDA C: reads what the group reads, and writes what
 * others need of it; everything else stays in registers.
 *
 * <p>A thread makes four neighbouring samples of a feature, with accesses of 16 bytes. A shared
 * group is one row, whose numbers take the samples' place. Bytes moved an element: 4 for each
 * output and each input that has it. Numbers and addresses that differ between groups of one form
 * are arguments, so that these share a kernel.
 *
 * @param name made of the text, the same for the same text only
 * @param text CUDA C that needs {@code elementwise.cuh} and {@code four.cuh}
 * @param inputs what it reads, constants left out
 * @param group what it computes
 */
record FusedKernel(String name, String text, List<View> inputs, Step.Fused group) {
  /** Copies the list. */
  FusedKernel {
    inputs = List.copyOf(inputs);
  }

  static FusedKernel of(Program program, Step.Fused group) {
    return new Writer(program, group).kernel();
  }

  /** Whether it runs over samples. */
  boolean isSampled() {
    return group.body().getFirst().sampled();
  }

  /** How an input lies in memory, on which the text depends. */
  private enum Form {
    /** A row for each feature. */
    ROWS,
    /** A row for each feature, which a table names. */
    PICKED_ROWS,
    /** One row for all features. */
    ROW,
    /** A number for each feature. */
    NUMBERS,
    /** A number for each feature, which a table names. */
    PICKED_NUMBERS,
    /** One number. */
    NUMBER;

    static Form of(View read, boolean sampledGroup) {
      Value base = read.base();
      boolean one = base.size() == 1 && !read.isIdentity();
      if (!sampledGroup) {
        return one ? NUMBER : ROW;
      }
      if (base.sampled()) {
        return one ? ROW : read.isIdentity() ? ROWS : PICKED_ROWS;
      }
      return one ? NUMBER : read.isIdentity() ? NUMBERS : PICKED_NUMBERS;
    }

    boolean isPicked() {
      return this == PICKED_ROWS || this == PICKED_NUMBERS;
    }

    boolean isRow() {
      return this == ROWS || this == PICKED_ROWS || this == ROW;
    }
  }

  /** Whether input i is read through a table of features. */
  boolean isPicked(int i) {
    return Form.of(inputs.get(i), isSampled()).isPicked();
  }

  /** Writes the text of one group. */
  private static final class Writer {
    private final Program program;
    private final Step.Fused group;
    private final boolean sampled;
    private final List<View> inputs = new ArrayList<>();
    private final Map<Value, String> names = new HashMap<>(); // of what the group has computed
    private final StringBuilder body = new StringBuilder();

    Writer(Program program, Step.Fused group) {
      this.program = program;
      this.group = group;
      sampled = group.body().getFirst().sampled();
    }

    FusedKernel kernel() {
      for (Value v : group.body()) {
        String name = "v" + names.size();
        body.append("      float %s = %s;\n".formatted(name, call(v)));
        names.put(v, name);
      }
      String text = "(" + parameters() + ") {\n" + loop() + "}\n";
      String name = "fused_" + hash(text);
      return new FusedKernel(name, "ADVECT_KERNEL " + name + text, inputs, group);
    }

    private String call(Value v) {
      if (v.op() instanceof Source.Constant(float c)) {
        return literal(c); // of a constant that somebody wants in memory
      }
      String function =
          v.op() instanceof Elementwise e ? e.name().toLowerCase(Locale.ROOT) : "copy";
      var arguments = program.reads(v).stream().map(this::number).toList();
      return "advect_%s(%s)".formatted(function, String.join(", ", arguments));
    }

    /** The number that a member of the group reads, for sample k of four. */
    private String number(View read) {
      if (read.base().op() instanceof Source.Constant(float c)) {
        return literal(c);
      }
      String own = names.get(read.base());
      if (own != null) {
        return own;
      }
      int i = input(read);
      return Form.of(read, sampled).isRow() ? "a%d.at[k]".formatted(i) : "a" + i;
    }

    private int input(View read) {
      for (int i = 0; i < inputs.size(); i++) {
        View known = inputs.get(i);
        if (known.base() == read.base() && Arrays.equals(known.map(), read.map())) {
          return i;
        }
      }
      inputs.add(read);
      return inputs.size() - 1;
    }

    private static String literal(float c) {
      if (Float.isNaN(c)) {
        return "ADVECT_NAN";
      }
      if (Float.isInfinite(c)) {
        return c > 0 ? "ADVECT_INFINITY" : "-ADVECT_INFINITY";
      }
      return Float.toHexString(c) + "f";
    }

    private String parameters() {
      var parameters = new ArrayList<String>();
      for (int i = 0; i < group.stores().size(); i++) {
        parameters.add("float* y" + i);
      }
      for (int i = 0; i < inputs.size(); i++) {
        parameters.add("const float* x" + i);
        if (Form.of(inputs.get(i), sampled).isPicked()) {
          parameters.add("const int* rows" + i);
        }
      }
      parameters.add("int ld, int features, int samples");
      return String.join(", ", parameters);
    }

    private String loop() {
      var text = new StringBuilder();
      text.append("  forEach(features, fours(samples), [&](int f, int four) {\n");
      text.append("    long long row = (long long)f * ld;\n");
      text.append("    int s = 4 * four;\n");
      for (int i = 0; i < inputs.size(); i++) {
        text.append("    %s;\n".formatted(load(i)));
      }
      for (int i = 0; i < group.stores().size(); i++) {
        text.append("    Four b%d;\n".formatted(i));
      }
      text.append("#pragma unroll\n    for (int k = 0; k < 4; k++) {\n");
      text.append(body);
      for (int i = 0; i < group.stores().size(); i++) {
        text.append("      b%d.at[k] = %s;\n".formatted(i, names.get(group.stores().get(i))));
      }
      text.append("    }\n");
      for (int i = 0; i < group.stores().size(); i++) {
        text.append("    store(y%1$d + row, s, samples, b%1$d);\n".formatted(i));
      }
      return text.append("  });\n").toString();
    }

    private String load(int i) {
      String form =
          switch (Form.of(inputs.get(i), sampled)) {
            case ROWS -> "Four a%1$d = load(x%1$d + row, s, samples)";
            case PICKED_ROWS ->
                "Four a%1$d = load(x%1$d + (long long)rows%1$d[f] * ld, s, samples)";
            case ROW -> "Four a%1$d = load(x%1$d, s, samples)";
            case NUMBERS -> "float a%1$d = x%1$d[f]";
            case PICKED_NUMBERS -> "float a%1$d = x%1$d[rows%1$d[f]]";
            case NUMBER -> "float a%1$d = x%1$d[0]";
          };
      return form.formatted(i);
    }

    private static String hash(String text) {
      try {
        byte[] digest =
            MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
        return HexFormat.of().formatHex(digest, 0, 8);
      } catch (NoSuchAlgorithmException e) {
        throw new IllegalStateException("every Java has SHA-256", e);
      }
    }
  }
}
