package dev.advect.solve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.advect.AdvectException;
import java.util.List;
import org.junit.jupiter.api.Test;

class TableauTest {
  @Test
  void namesFindTheirMethods() {
    assertThat(Tableau.ALL).hasSize(5).doesNotHaveDuplicates();
    for (Tableau tableau : Tableau.ALL) {
      assertThat(Tableau.of(tableau.name())).isSameAs(tableau);
    }
    assertThatThrownBy(() -> Tableau.of("rk5"))
        .isInstanceOfSatisfying(
            AdvectException.class,
            e -> assertThat(e.hint()).contains("euler, midpoint, heun, rk4, rk4-38"));
  }

  @Test
  void refusesATableauThatIsInconsistent() {
    assertThatThrownBy(() -> new Tableau("bad", List.of(List.of()), List.of(0.9), List.of(0.0), 1))
        .hasMessage("the sum of the weights of bad is 0.9 where 1.0 is needed");
    assertThatThrownBy(
            () ->
                new Tableau(
                    "bad",
                    List.of(List.of(), List.of(0.4)),
                    List.of(0.0, 1.0),
                    List.of(0.0, 0.5),
                    2))
        .hasMessage("the sum of row 1 of bad is 0.4 where 0.5 is needed");
    assertThatThrownBy(
            () ->
                new Tableau(
                    "bad",
                    List.of(List.of(), List.of(0.5)),
                    List.of(1.0, 0.0),
                    List.of(0.0, 0.5),
                    2))
        .hasMessage("the weighted sum of the times of bad is 0.0 where 0.5 is needed");
    assertThatThrownBy(
            () -> new Tableau("bad", List.of(List.of(1.0)), List.of(1.0), List.of(1.0), 1))
        .hasMessageContaining("row 0 of the explicit method bad has 1 coefficients");
    assertThatThrownBy(() -> new Tableau("bad", List.of(), List.of(), List.of(), 1))
        .hasMessageContaining("0 rows");
  }

  @Test
  void satisfiesTheConditionsOfItsOrder() {
    for (Tableau tableau : Tableau.ALL) {
      if (tableau.order() < 3) {
        continue;
      }
      double cubes = 0;
      double products = 0;
      for (int i = 0; i < tableau.stages(); i++) {
        cubes += tableau.b().get(i) * Math.pow(tableau.c().get(i), 3);
        for (int j = 0; j < i; j++) {
          products += tableau.b().get(i) * tableau.a().get(i).get(j) * tableau.c().get(j);
        }
      }
      assertThat(cubes)
          .as(tableau.name())
          .isCloseTo(0.25, org.assertj.core.data.Offset.offset(1e-12));
      assertThat(products)
          .as(tableau.name())
          .isCloseTo(1 / 6.0, org.assertj.core.data.Offset.offset(1e-12));
    }
  }
}
