package dev.advect.backend.cpu;

import static java.lang.constant.ConstantDescs.CD_Object;
import static java.lang.constant.ConstantDescs.INIT_NAME;
import static java.lang.constant.ConstantDescs.MTD_void;

import java.lang.classfile.ClassFile;
import java.lang.classfile.CodeBuilder;
import java.lang.constant.ClassDesc;
import java.lang.constant.MethodTypeDesc;
import java.lang.invoke.MethodHandles;
import java.lang.reflect.AccessFlag;
import java.util.function.Consumer;

/** Hidden classes with one method, {@code run}. */
final class GeneratedClass {
  private GeneratedClass() {}

  /** What a class computes on; part of its name, by which the launcher has some compiled early. */
  enum Numbers {
    PLAIN("Plain"),
    VECTORS("Vector");

    private final String word;

    Numbers(String word) {
      this.word = word;
    }
  }

  /** The class file of an implementation of an interface whose one method is {@code run}. */
  static byte[] bytes(
      Class<?> type, Numbers numbers, MethodTypeDesc run, Consumer<CodeBuilder> code) {
    ClassDesc name =
        ClassDesc.of(type.getPackageName(), "Generated" + numbers.word + type.getSimpleName());
    return ClassFile.of()
        .build(
            name,
            c ->
                c.withInterfaceSymbols(type.describeConstable().orElseThrow())
                    .withFlags(AccessFlag.FINAL)
                    .withMethodBody(
                        INIT_NAME,
                        MTD_void,
                        0,
                        b -> b.aload(0).invokespecial(CD_Object, INIT_NAME, MTD_void).return_())
                    .withMethodBody("run", run, ClassFile.ACC_PUBLIC, code));
  }

  /** An instance of a class file made here. */
  static <T> T load(Class<T> type, byte[] bytes) {
    try {
      var lookup = MethodHandles.lookup().defineHiddenClass(bytes, true);
      return type.cast(lookup.lookupClass().getDeclaredConstructor().newInstance());
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("a generated class does not load", e);
    }
  }
}
