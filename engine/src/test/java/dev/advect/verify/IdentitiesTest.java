package dev.advect.verify;

import static org.assertj.core.api.Assertions.assertThat;

import dev.advect.backend.Backend;
import dev.advect.backend.BackendOptions;
import dev.advect.backend.Backends;
import dev.advect.testing.TestDevice;
import java.util.Locale;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every law holds; the measured figures are printed. */
@Tag("device")
class IdentitiesTest {
  private static Backend device;

  @BeforeAll
  static void open() {
    device = Backends.open(TestDevice.NAME, BackendOptions.standard().withThreads(2)).backend();
  }

  @AfterAll
  static void close() {
    device.close();
  }

  static Stream<Identity> identities() {
    return Identities.all().stream();
  }

  @ParameterizedTest
  @MethodSource("identities")
  void holds(Identity identity) {
    Identity.Finding finding = identity.check(device);
    print(identity.name(), finding);
    assertThat(finding.passes())
        .as("%s: %s measured %s", identity.name(), identity.law(), finding.measured())
        .isTrue();
  }

  static Stream<WrongVariants.Variant> wrongVariants() {
    return WrongVariants.all().stream();
  }

  /** A measurement that could not tell right from wrong would be no test. */
  @ParameterizedTest
  @MethodSource("wrongVariants")
  void findsOutWhatIsWrong(WrongVariants.Variant variant) {
    Identity.Finding finding = variant.identity().check(device);
    print("wrong: " + variant.identity().name(), finding);
    assertThat(finding.passes()).as("%s, measured %s", variant, finding.measured()).isFalse();
  }

  @Test
  void everyLawHasAWrongVariant() {
    assertThat(wrongVariants().map(variant -> variant.identity().name()).distinct())
        .containsExactlyInAnyOrderElementsOf(identities().map(Identity::name).toList());
  }

  private static void print(String name, Identity.Finding finding) {
    System.out.printf(
        Locale.ROOT,
        "%-36s %-14s measured %-12.6g %.2f s%n",
        name,
        finding.identity().tolerance().text(),
        finding.measured(),
        finding.seconds());
  }

  @Test
  void namesAreDifferent() {
    assertThat(identities().map(Identity::name)).doesNotHaveDuplicates();
  }
}
