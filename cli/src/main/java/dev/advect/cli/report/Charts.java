package dev.advect.cli.report;

import dev.advect.data.Table;
import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Font;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.util.List;
import java.util.Locale;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import org.knowm.xchart.BitmapEncoder;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.XYSeries;
import org.knowm.xchart.style.Styler;
import org.knowm.xchart.style.markers.SeriesMarkers;

/** Curves and clouds of points. */
public final class Charts {
  /** The most points drawn of one cloud. */
  public static final int MOST_POINTS = 5000;

  private static final int CURVE_WIDTH = 800;
  private static final int CURVE_HEIGHT = 480;
  private static final int CLOUD_SIZE = 520;
  private static final Color RAW = new Color(0xB9C9DD);
  private static final Color SMOOTH = new Color(0x1F5FA8);
  private static final Color POINTS = new Color(31, 95, 168, 110);

  private Charts() {}

  /**
   * A named cloud of points.
   *
   * @param title what stands above it
   * @param table its rows
   */
  public record Cloud(String title, Table table) {}

  /**
   * A loss over the steps: each report, and their moving average; on a logarithmic axis if all are
   * positive.
   *
   * @param steps ascending, at least one
   * @param losses finite, as many
   */
  public static BufferedImage loss(double[] steps, double[] losses) {
    XYChart chart =
        new XYChartBuilder()
            .width(CURVE_WIDTH)
            .height(CURVE_HEIGHT)
            .xAxisTitle("step")
            .yAxisTitle("loss, mean over samples and dimensions")
            .build();
    plain(chart);
    boolean positive = true;
    for (double loss : losses) {
      positive &= loss > 0;
    }
    chart
        .getStyler()
        .setYAxisLogarithmic(positive)
        .setLegendPosition(Styler.LegendPosition.InsideNE);
    line(chart.addSeries("each report", steps, losses), RAW, 1.2f);
    line(chart.addSeries("moving average", steps, smoothed(losses)), SMOOTH, 2);
    return BitmapEncoder.getBufferedImage(chart);
  }

  /** The exponential moving average of a curve, unbiased at its start. */
  static double[] smoothed(double[] values) {
    double keep = Math.min(0.9, Math.max(0, 1 - 20.0 / values.length));
    double[] smooth = new double[values.length];
    double sum = 0;
    double weight = 0;
    for (int i = 0; i < values.length; i++) {
      sum = keep * sum + values[i];
      weight = keep * weight + 1;
      smooth[i] = sum / weight;
    }
    return smooth;
  }

  /**
   * Clouds of points side by side on the same axes: the first two columns of each table, or its
   * values against their row if there is one column only.
   */
  public static BufferedImage clouds(List<Cloud> clouds) {
    List<Points> all = clouds.stream().map(Points::of).toList();
    double[] x = bounds(all, 0);
    double[] y = bounds(all, 1);
    var image =
        new BufferedImage(CLOUD_SIZE * clouds.size(), CLOUD_SIZE, BufferedImage.TYPE_INT_RGB);
    Graphics2D graphics = image.createGraphics();
    for (int i = 0; i < clouds.size(); i++) {
      XYChart chart = chart(all.get(i));
      chart.getStyler().setXAxisMin(x[0]).setXAxisMax(x[1]).setYAxisMin(y[0]).setYAxisMax(y[1]);
      graphics.drawImage(BitmapEncoder.getBufferedImage(chart), i * CLOUD_SIZE, 0, null);
    }
    graphics.dispose();
    return image;
  }

  /** The points of a cloud that can be drawn: the finite ones of its first rows. */
  private record Points(String title, double[][] axes) {
    static Points of(Cloud cloud) {
      Table table = cloud.table;
      int[] rows =
          IntStream.range(0, Math.min(MOST_POINTS, table.rows()))
              .filter(row -> finite(table, row, 0) && finite(table, row, 1))
              .toArray();
      double[][] axes = new double[2][];
      for (int axis = 0; axis < axes.length; axis++) {
        int a = axis;
        axes[axis] = IntStream.of(rows).mapToDouble(row -> coordinate(table, row, a)).toArray();
      }
      return new Points(cloud.title, axes);
    }

    private static boolean finite(Table table, int row, int axis) {
      return Double.isFinite(coordinate(table, row, axis));
    }

    private static double coordinate(Table table, int row, int axis) {
      if (table.columns() > 1) {
        return table.at(row, axis);
      }
      return axis == 0 ? table.at(row, 0) : row;
    }
  }

  private static XYChart chart(Points points) {
    XYChart chart =
        new XYChartBuilder().width(CLOUD_SIZE).height(CLOUD_SIZE).title(points.title).build();
    plain(chart);
    chart
        .getStyler()
        .setDefaultSeriesRenderStyle(XYSeries.XYSeriesRenderStyle.Scatter)
        .setMarkerSize(4)
        .setLegendVisible(false);
    if (points.axes[0].length > 0) {
      chart
          .addSeries(points.title, points.axes[0], points.axes[1])
          .setMarker(SeriesMarkers.CIRCLE)
          .setMarkerColor(POINTS);
    }
    return chart;
  }

  /** The range of one axis over all clouds, a little wider. */
  private static double[] bounds(List<Points> clouds, int axis) {
    var range =
        clouds.stream().flatMapToDouble(c -> DoubleStream.of(c.axes[axis])).summaryStatistics();
    if (range.getCount() == 0) {
      return new double[] {-1, 1};
    }
    double margin = range.getMax() > range.getMin() ? 0.04 * (range.getMax() - range.getMin()) : 1;
    return new double[] {range.getMin() - margin, range.getMax() + margin};
  }

  private static void line(XYSeries series, Color color, float width) {
    series.setMarker(SeriesMarkers.NONE);
    series.setLineColor(color);
    series.setLineStyle(new BasicStroke(width, BasicStroke.CAP_ROUND, BasicStroke.JOIN_ROUND));
  }

  private static void plain(XYChart chart) {
    var font = new Font(Font.SANS_SERIF, Font.PLAIN, 12);
    chart
        .getStyler()
        .setAxisTitleFont(font)
        .setAxisTickLabelsFont(font)
        .setPlotGridLinesColor(new Color(0xDDDDDD))
        .setChartBackgroundColor(Color.WHITE)
        .setPlotBorderVisible(false)
        .setChartTitleFont(font.deriveFont(Font.BOLD, 14f))
        .setLegendFont(font)
        .setLegendBorderColor(Color.WHITE)
        .setLocale(Locale.ROOT);
  }
}
