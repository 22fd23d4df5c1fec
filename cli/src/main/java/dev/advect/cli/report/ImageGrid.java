package dev.advect.cli.report;

import dev.advect.data.ImageShape;
import dev.advect.data.Table;
import java.awt.image.BufferedImage;
import java.util.Arrays;
import java.util.Optional;

/** Grey images side by side, enlarged pixel by pixel. */
public final class ImageGrid {
  /** The most images of one grid. */
  public static final int MOST = 10_000;

  private static final int MARGIN = 4;
  private static final int BACKGROUND = 0xF2F2F2;
  private static final int ENLARGED = 48;

  private ImageGrid() {}

  /**
   * The brightness that is drawn black and the one that is drawn white.
   *
   * @param low at most {@code high}
   */
  public record Range(float low, float high) {
    /** Checks the order. */
    public Range {
      if (!(low <= high)) {
        throw new IllegalArgumentException("range " + low + " to " + high);
      }
    }

    /** The smallest and the largest value of a table. */
    public static Range of(Table table) {
      float low = Float.POSITIVE_INFINITY;
      float high = Float.NEGATIVE_INFINITY;
      for (float value : table.values()) {
        low = Math.min(low, value);
        high = Math.max(high, value);
      }
      return new Range(low, high);
    }

    /** Both numbers, for a file's metadata: {@code 0.0 16.0}. */
    public String text() {
      return low + " " + high;
    }

    /** What {@link #text()} wrote, if it is that. */
    public static Optional<Range> parse(String text) {
      String[] numbers = text.split(" ");
      try {
        return numbers.length == 2
            ? Optional.of(new Range(Float.parseFloat(numbers[0]), Float.parseFloat(numbers[1])))
            : Optional.empty();
      } catch (IllegalArgumentException _) {
        return Optional.empty();
      }
    }

    private int grey(float value) {
      float share = high > low ? (value - low) / (high - low) : 0;
      int level = Math.round(255 * Math.clamp(share, 0f, 1f));
      return level << 16 | level << 8 | level;
    }
  }

  /**
   * Draws the rows of a table as images, row by row, about as many across as down.
   *
   * @throws IllegalArgumentException if there are no rows or more than {@link #MOST}
   */
  public static BufferedImage draw(Table rows, ImageShape shape, Range range) {
    int count = rows.rows();
    if (count < 1 || count > MOST || shape.pixels() != rows.columns()) {
      throw new IllegalArgumentException(
          "%d images of %s from %d columns".formatted(count, shape, rows.columns()));
    }
    int across = (int) Math.ceil(Math.sqrt(count));
    int down = (count + across - 1) / across;
    int zoom = Math.max(1, ENLARGED / Math.max(shape.width(), shape.height()));
    int cellWidth = shape.width() * zoom + MARGIN;
    int cellHeight = shape.height() * zoom + MARGIN;
    var image =
        new BufferedImage(
            across * cellWidth + MARGIN, down * cellHeight + MARGIN, BufferedImage.TYPE_INT_RGB);
    int[] background = new int[image.getWidth() * image.getHeight()];
    Arrays.fill(background, BACKGROUND);
    image.setRGB(0, 0, image.getWidth(), image.getHeight(), background, 0, image.getWidth());
    for (int i = 0; i < count; i++) {
      int left = MARGIN + i % across * cellWidth;
      int top = MARGIN + i / across * cellHeight;
      for (int y = 0; y < shape.height() * zoom; y++) {
        for (int x = 0; x < shape.width() * zoom; x++) {
          float value = rows.at(i, y / zoom * shape.width() + x / zoom);
          image.setRGB(left + x, top + y, range.grey(value));
        }
      }
    }
    return image;
  }
}
