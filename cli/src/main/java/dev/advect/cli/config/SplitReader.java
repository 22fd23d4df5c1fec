package dev.advect.cli.config;

import dev.advect.AdvectException;
import dev.advect.data.Split;

/** Reads how the rows of finite data are divided. */
final class SplitReader {
  private static final Split.Size NONE = Split.Size.of(0);

  private SplitReader() {}

  static Split.Sizes read(Section section) {
    Split.Size train = size(section, "train");
    Split.Size validation = size(section, "validation");
    Split.Size test = size(section, "test");
    return section.build(
        () -> {
          if (train.equals(NONE)) {
            throw new InvalidValue("train", "must be rest or a whole number of at least 1, not 0");
          }
          try {
            return new Split.Sizes(train, validation, test);
          } catch (AdvectException e) {
            throw new InvalidValue("", "is wrong: " + e.getMessage(), e.hint());
          }
        });
  }

  private static Split.Size size(Section section, String key) {
    if (section.text(key).filter("rest"::equals).isPresent()) {
      return Split.Size.rest();
    }
    long rows = section.whole(key, 0);
    return section.checked(
        () -> {
          Check.atLeast(key, rows, 0);
          Check.atMost(key, rows, Integer.MAX_VALUE);
          return Split.Size.of((int) rows);
        });
  }
}
