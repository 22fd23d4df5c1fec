package dev.advect.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.advect.AdvectException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JsonObjectTest {
  @Test
  void readsWhatItWrites() {
    var object =
        JsonObject.kind("field", "x\"y\\z\n")
            .with("width", 64)
            .with("sigma", 0.1)
            .with("whole", 2.0)
            .with("hidden", List.of(3, 5));
    assertThat(object.json())
        .isEqualTo(
            "{\"kind\": \"x\\\"y\\\\z\\n\", \"width\": 64, \"sigma\": 0.1, \"whole\": 2,"
                + " \"hidden\": [3, 5]}");
    var back = JsonObject.parse("field", object.json());
    assertThat(back.kind()).isEqualTo("x\"y\\z\n");
    assertThat(back.integer("width")).isEqualTo(64);
    assertThat(back.number("sigma")).isEqualTo(0.1);
    assertThat(back.number("whole")).isEqualTo(2);
    assertThat(back.integers("hidden")).containsExactly(3, 5);
    back.only("width", "sigma", "whole", "hidden");
  }

  @Test
  void saysWhichMemberIsWrong() {
    var object = JsonObject.parse("path", "{\"kind\": \"icfm\", \"sigma\": \"big\", \"n\": 1.5}");
    assertThatThrownBy(() -> object.number("sigma"))
        .isInstanceOf(AdvectException.class)
        .hasMessage("the path's sigma must be a number, not big");
    assertThatThrownBy(() -> object.integer("n")).hasMessageContaining("a whole number, not 1.5");
    assertThatThrownBy(() -> object.text("size"))
        .hasMessage("the path has no member 'size'; it has [kind, sigma, n]");
    assertThatThrownBy(() -> object.only("sigma"))
        .hasMessage("the path icfm has an unknown member 'n'");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "[]",
        "3",
        "{",
        "{\"a\": 1} {}",
        "{\"a\": {}}",
        "{\"a\": null}",
        "{\"a\": 1, \"a\": 2}",
        "{\"a\": [1, 2}",
        "{\"a\": 99999999999999999999}"
      })
  void refusesWhatIsNoFlatObject(String text) {
    assertThatThrownBy(() -> JsonObject.parse("field", text)).isInstanceOf(AdvectException.class);
  }
}
