package dev.advect.data;

/**
 * How the columns of a row make an image: row by row from the top, grey values.
 *
 * @param height pixels from top to bottom
 * @param width pixels from left to right
 */
public record ImageShape(int height, int width) {
  /** Checks that both are positive. */
  public ImageShape {
    if (height < 1 || width < 1) {
      throw new IllegalArgumentException("image of " + height + " x " + width + " pixels");
    }
  }

  /** Number of pixels, the columns that such an image takes. */
  public int pixels() {
    return Math.multiplyExact(height, width);
  }
}
