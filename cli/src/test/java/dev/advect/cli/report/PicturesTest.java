package dev.advect.cli.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.advect.data.ImageShape;
import dev.advect.data.Table;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;

class PicturesTest {
  @Test
  void anImageGridHasACellForEachImage() throws IOException {
    Table rows = Table.of(new float[7 * 6], 7, 6);
    Png png = Png.draw(() -> ImageGrid.draw(rows, new ImageShape(2, 3), new ImageGrid.Range(0, 1)));
    BufferedImage read = ImageIO.read(new ByteArrayInputStream(png.bytes()));
    // 3 across and 3 down, each pixel 16 wide, margins of 4.
    assertThat(read.getWidth()).isEqualTo(3 * (3 * 16 + 4) + 4);
    assertThat(read.getHeight()).isEqualTo(3 * (2 * 16 + 4) + 4);
  }

  @Test
  void valuesBecomeGreyAndAreClamped() {
    float[] values = {-5, 0, 8, 16, 99, 4};
    BufferedImage image =
        ImageGrid.draw(Table.of(values, 1, 6), new ImageShape(2, 3), new ImageGrid.Range(0, 16));
    int[] greys = {0, 0, 128, 255, 255, 64};
    for (int i = 0; i < greys.length; i++) {
      int rgb = image.getRGB(4 + i % 3 * 16 + 8, 4 + i / 3 * 16 + 8);
      assertThat(rgb & 0xff).as("pixel %d", i).isEqualTo(greys[i]);
      assertThat(rgb >> 8 & 0xff).isEqualTo(greys[i]);
    }
    assertThat(image.getRGB(0, 0) & 0xff).isGreaterThan(200);
  }

  @Test
  void aGridNeedsAnImage() {
    assertThatThrownBy(
            () ->
                ImageGrid.draw(
                    Table.of(new float[0], 0, 4), new ImageShape(2, 2), new ImageGrid.Range(0, 1)))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void aRangeReadsBackFromItsText() {
    var range = new ImageGrid.Range(-0.5f, 16);
    assertThat(ImageGrid.Range.parse(range.text())).contains(range);
    assertThat(ImageGrid.Range.parse("5 4")).isEmpty();
    assertThat(ImageGrid.Range.parse("x y")).isEmpty();
    assertThat(ImageGrid.Range.of(Table.of(new float[] {3, -1, 2, 0}, 2, 2)))
        .isEqualTo(new ImageGrid.Range(-1, 3));
  }

  @Test
  void cloudsStandSideBySide() {
    Table points = Table.of(new float[] {0, 0, 1, 1, Float.NaN, 1}, 3, 2);
    Table single = Table.of(new float[] {5}, 1, 1);
    BufferedImage image =
        Charts.clouds(
            List.of(new Charts.Cloud("data", points), new Charts.Cloud("samples", single)));
    assertThat(image.getWidth()).isEqualTo(1040);
    assertThat(image.getHeight()).isEqualTo(520);
    assertThat(colours(image, 0)).isGreaterThan(2);
  }

  @Test
  void lossCurvesAreDrawnOfOneReportAndOfMany() {
    for (int count : new int[] {1, 2, 300}) {
      double[] steps = IntStream.range(0, count).mapToDouble(i -> 100.0 * i + 100).toArray();
      double[] losses = IntStream.range(0, count).mapToDouble(i -> 1.0 / (i + 1)).toArray();
      BufferedImage image = Charts.loss(steps, losses);
      assertThat(image.getWidth()).isEqualTo(800);
      assertThat(image.getHeight()).isEqualTo(480);
      assertThat(colours(image, 0)).isGreaterThan(2);
    }
    assertThat(Charts.loss(new double[] {1, 2}, new double[] {0, 1}).getWidth()).isEqualTo(800);
  }

  @Test
  void smoothingKeepsAConstantAndFollowsAChange() {
    double[] constant = new double[100];
    Arrays.fill(constant, 3);
    assertThat(Charts.smoothed(constant)).containsOnly(new double[] {3}, within(1e-12));
    double[] step = new double[1000];
    Arrays.fill(step, 500, 1000, 1);
    double[] smooth = Charts.smoothed(step);
    assertThat(smooth[499]).isZero();
    assertThat(smooth[500]).isBetween(0.01, 0.5);
    assertThat(smooth[999]).isCloseTo(1, within(1e-3));
  }

  private static long colours(BufferedImage image, int left) {
    return IntStream.range(0, image.getWidth() * image.getHeight())
        .map(i -> image.getRGB(left + i % image.getWidth(), i / image.getWidth()))
        .distinct()
        .count();
  }
}
