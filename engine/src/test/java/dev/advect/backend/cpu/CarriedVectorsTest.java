package dev.advect.backend.cpu;

import static org.assertj.core.api.Assertions.assertThat;

import dev.advect.backend.cpu.Region.Effect;
import dev.advect.backend.cpu.Region.Instruction;
import dev.advect.backend.cpu.Region.Operand;
import dev.advect.backend.cpu.Region.Out;
import dev.advect.backend.cpu.Region.Ref;
import dev.advect.graph.Op.Elementwise;
import java.lang.classfile.ClassFile;
import java.lang.classfile.CodeElement;
import java.lang.classfile.MethodModel;
import java.lang.classfile.Opcode;
import java.lang.classfile.TypeKind;
import java.lang.classfile.instruction.ArrayLoadInstruction;
import java.lang.classfile.instruction.ArrayStoreInstruction;
import java.lang.classfile.instruction.BranchInstruction;
import java.lang.classfile.instruction.ConstantInstruction;
import java.lang.classfile.instruction.ConvertInstruction;
import java.lang.classfile.instruction.FieldInstruction;
import java.lang.classfile.instruction.InvokeInstruction;
import java.lang.classfile.instruction.LoadInstruction;
import java.lang.classfile.instruction.OperatorInstruction;
import java.lang.classfile.instruction.StoreInstruction;
import java.lang.classfile.instruction.TypeCheckInstruction;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What a loop carries is a local variable that is stored to in two places. The just-in-time
 * compiler does not know its class, so that a call on it may stay a call, with an object for every
 * vector.
 */
class CarriedVectorsTest {
  private static final int NOT_A_VARIABLE = -1;
  private static final LoopCompiler.Target TARGET =
      new LoopCompiler.Target(2, 2 * VectorKernels.SPECIES.length());

  @ParameterizedTest
  @ValueSource(ints = {1, 3, 4, 8})
  void noMethodIsCalledOnASumOfAKernel(int rows) {
    Calls calls = Calls.of(KernelCompiler.bytes(new Kernels.Shape(rows, 64, 1)));
    assertThat(calls.carried()).hasSize(2 * rows);
    assertThat(calls.receivers()).isNotEmpty().doesNotContainAnyElementsOf(calls.carried());
  }

  @Test
  void noMethodIsCalledOnASumOfALoop() {
    var product = new Instruction(Elementwise.MUL, List.of(new Ref.Load(0), new Ref.Literal(2)));
    var region =
        new Region(
            false,
            List.of(Operand.ROW, Operand.ONLY_ROW),
            List.of(product),
            List.of(new Out(Effect.ADD, 0, 1)));
    Calls calls = Calls.of(LoopCompiler.bytes(region, TARGET));
    assertThat(calls.carried()).hasSize(2);
    assertThat(calls.receivers()).isNotEmpty().doesNotContainAnyElementsOf(calls.carried());
  }

  /**
   * The local variables of a method that matter here.
   *
   * @param carried those of objects that are stored to in two places or more
   * @param receivers those that a method is called on
   */
  private record Calls(Set<Integer> carried, Set<Integer> receivers) {
    static Calls of(byte[] classFile) {
      MethodModel run =
          ClassFile.of().parse(classFile).methods().stream()
              .filter(m -> m.methodName().equalsString("run"))
              .findFirst()
              .orElseThrow();
      var reader = new Reader();
      run.code().orElseThrow().forEach(reader::read);
      reader.stores.values().removeIf(n -> n < 2);
      return new Calls(reader.stores.keySet(), reader.receivers);
    }
  }

  /** Follows which variables lie on the stack, which is empty wherever code is jumped to. */
  private static final class Reader {
    final Map<Integer, Integer> stores = new HashMap<>();
    final Set<Integer> receivers = new HashSet<>();
    private final Deque<Integer> stack = new ArrayDeque<>();

    void read(CodeElement element) {
      switch (element) {
        case LoadInstruction load ->
            stack.push(load.typeKind() == TypeKind.REFERENCE ? load.slot() : NOT_A_VARIABLE);
        case StoreInstruction store -> {
          stack.pop();
          if (store.typeKind() == TypeKind.REFERENCE) {
            stores.merge(store.slot(), 1, Integer::sum);
          }
        }
        case InvokeInstruction call -> {
          pop(call.typeSymbol().parameterCount());
          if (call.opcode() == Opcode.INVOKEVIRTUAL) {
            receivers.add(stack.pop());
          }
          if (!call.typeSymbol().returnType().descriptorString().equals("V")) {
            stack.push(NOT_A_VARIABLE);
          }
        }
        case ConstantInstruction _, FieldInstruction _ -> stack.push(NOT_A_VARIABLE);
        case ArrayLoadInstruction _, OperatorInstruction _ -> {
          pop(2);
          stack.push(NOT_A_VARIABLE);
        }
        case ArrayStoreInstruction _ -> pop(3);
        case ConvertInstruction _, TypeCheckInstruction _ -> {
          pop(1);
          stack.push(NOT_A_VARIABLE);
        }
        case BranchInstruction branch -> pop(operands(branch.opcode()));
        default -> {}
      }
    }

    private static int operands(Opcode branch) {
      return switch (branch) {
        case GOTO -> 0;
        case IFEQ, IFNE -> 1;
        default -> 2;
      };
    }

    private void pop(int count) {
      for (int i = 0; i < count; i++) {
        stack.pop();
      }
    }
  }
}
