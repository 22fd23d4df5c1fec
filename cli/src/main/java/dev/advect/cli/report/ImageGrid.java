package dev.advect.cli.report;

import dev.advect.data.ImageShape;
import dev.advect.data.Table;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.util.Optional;

/** Grey images side by side, enlarged. */
public final class ImageGrid {
  /** The most images of one grid. */
  public static final int MOST = 10_000;

  private static final int MARGIN = 4;
  private static final int BACKGROUND = 0xF2F2F2;
  private static final int ENLARGED = 48;

  private ImageGrid() {}

  /** How small images are enlarged. */
  public enum Enlargement {
    /** Every pixel becomes a square of its own grey. */
    PIXELS,
    /** Bicubic interpolation: what an image of very few pixels shows is easier to see. */
    SMOOTH
  }

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

  /** As {@link #draw(Table, ImageShape, Range, Enlargement)}, pixel by pixel. */
  public static BufferedImage draw(Table rows, ImageShape shape, Range range) {
    return draw(rows, shape, range, Enlargement.PIXELS);
  }

  /**
   * Draws the rows of a table as images, row by row, about as many across as down.
   *
   * @throws IllegalArgumentException if there are no rows or more than {@link #MOST}
   */
  public static BufferedImage draw(
      Table rows, ImageShape shape, Range range, Enlargement enlargement) {
    int count = rows.rows();
    if (count < 1 || count > MOST || shape.pixels() != rows.columns()) {
      throw new IllegalArgumentException(
          "%d images of %s from %d columns".formatted(count, shape, rows.columns()));
    }
    int across = (int) Math.ceil(Math.sqrt(count));
    int down = (count + across - 1) / across;
    int zoom = Math.max(1, ENLARGED / Math.max(shape.width(), shape.height()));
    int width = shape.width() * zoom;
    int height = shape.height() * zoom;
    int cellWidth = width + MARGIN;
    int cellHeight = height + MARGIN;
    var image =
        new BufferedImage(
            across * cellWidth + MARGIN, down * cellHeight + MARGIN, BufferedImage.TYPE_INT_RGB);
    Graphics2D graphics = image.createGraphics();
    graphics.setColor(new Color(BACKGROUND));
    graphics.fillRect(0, 0, image.getWidth(), image.getHeight());
    graphics.setRenderingHint(
        RenderingHints.KEY_INTERPOLATION,
        switch (enlargement) {
          case PIXELS -> RenderingHints.VALUE_INTERPOLATION_NEAREST_NEIGHBOR;
          case SMOOTH -> RenderingHints.VALUE_INTERPOLATION_BICUBIC;
        });
    for (int i = 0; i < count; i++) {
      int left = MARGIN + i % across * cellWidth;
      int top = MARGIN + i / across * cellHeight;
      graphics.drawImage(image(rows, i, shape, range), left, top, width, height, null);
    }
    graphics.dispose();
    return image;
  }

  private static BufferedImage image(Table rows, int row, ImageShape shape, Range range) {
    var image = new BufferedImage(shape.width(), shape.height(), BufferedImage.TYPE_INT_RGB);
    for (int y = 0; y < shape.height(); y++) {
      for (int x = 0; x < shape.width(); x++) {
        image.setRGB(x, y, range.grey(rows.at(row, y * shape.width() + x)));
      }
    }
    return image;
  }
}
