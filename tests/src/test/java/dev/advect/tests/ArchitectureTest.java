package dev.advect.tests;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;
import org.junit.jupiter.api.Test;

/** Who may import whom: imports point down only. */
class ArchitectureTest {
  private static final JavaClasses ENGINE =
      new ClassFileImporter()
          .withImportOption(new ImportOption.DoNotIncludeTests())
          .importPackages("dev.advect");

  private static void holds(ArchRule rule) {
    assertThat(ENGINE).hasSizeGreaterThan(100);
    rule.check(ENGINE);
  }

  private static ArchRule only(String of, String... allowed) {
    String[] all = new String[allowed.length + 3];
    System.arraycopy(allowed, 0, all, 0, allowed.length);
    all[allowed.length] = of;
    all[allowed.length + 1] = "java..";
    all[allowed.length + 2] = "dev.advect";
    return classes()
        .that()
        .resideInAPackage(of)
        .should()
        .onlyDependOnClassesThat()
        .resideInAnyPackage(all);
  }

  @Test
  void typesStandOnNothing() {
    holds(only("dev.advect.type"));
  }

  @Test
  void transportStandsOnNothing() {
    holds(only("dev.advect.transport"));
  }

  @Test
  void graphsStandOnTypes() {
    holds(only("dev.advect.graph", "dev.advect.type"));
  }

  @Test
  void differentiationAndProgramsStandOnGraphs() {
    holds(only("dev.advect.autodiff", "dev.advect.graph", "dev.advect.type"));
    holds(only("dev.advect.program", "dev.advect.graph", "dev.advect.type"));
    holds(only("dev.advect.random", "dev.advect.graph", "dev.advect.type"));
  }

  @Test
  void theMathematicsDoesNotSeeHowItIsRun() {
    holds(
        noClasses()
            .that()
            .resideInAnyPackage(
                "dev.advect.nn",
                "dev.advect.path",
                "dev.advect.coupling",
                "dev.advect.metric",
                "dev.advect.solve",
                "dev.advect.optim",
                "dev.advect.likelihood",
                "dev.advect.oracle")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("dev.advect.backend..", "dev.advect.program", "dev.advect.train"));
  }

  @Test
  void noPackageLeadsBackToItself() {
    holds(slices().matching("dev.advect.(*)..").should().beFreeOfCycles());
  }

  @Test
  void dataAndFilesDoNotSeeTheMathematics() {
    holds(
        noClasses()
            .that()
            .resideInAnyPackage("dev.advect.data", "dev.advect.file")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("dev.advect.graph", "dev.advect.backend..", "dev.advect.train"));
  }

  @Test
  void onlyTheCommandLineKnowsTheCommandLine() {
    holds(
        noClasses()
            .that()
            .resideOutsideOfPackage("dev.advect.cli..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("dev.advect.cli..", "picocli..", "org.knowm..", "java.awt.."));
  }

  @Test
  void theCommandLineSeesNoForeignMemory() {
    holds(
        noClasses()
            .that()
            .resideInAPackage("dev.advect.cli..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("java.lang.foreign"));
  }

  /** But what verifies the mathematics in double precision takes the interpreter, and it alone. */
  @Test
  void nobodyImportsABackend() {
    String[] backends = {
      "dev.advect.backend.reference", "dev.advect.backend.cpu", "dev.advect.backend.cuda"
    };
    holds(
        noClasses()
            .that()
            .resideOutsideOfPackages(backends)
            .and()
            .resideOutsideOfPackage("dev.advect.verify")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(backends));
    holds(
        noClasses()
            .that()
            .resideInAPackage("dev.advect.verify")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("dev.advect.backend.cpu", "dev.advect.backend.cuda"));
  }

  @Test
  void nothingInTheEngineStandsOnItsVerification() {
    holds(
        noClasses()
            .that()
            .resideOutsideOfPackages("dev.advect.verify", "dev.advect.cli..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("dev.advect.verify"));
  }

  @Test
  void onlyTheCudaBackendImportsTheBindings() {
    holds(
        noClasses()
            .that()
            .resideInAPackage("dev.advect..")
            .and()
            .resideOutsideOfPackages("dev.advect.backend.cuda", "dev.advect.cuda..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("dev.advect.cuda.."));
  }

  @Test
  void onlyTheCpuBackendUsesTheVectorApi() {
    holds(
        noClasses()
            .that()
            .resideOutsideOfPackage("dev.advect.backend.cpu")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("jdk.incubator.vector"));
  }
}
