package dev.advect.data;

import java.util.List;
import java.util.Optional;
import java.util.function.ToDoubleFunction;

/**
 * The two-dimensional distributions that papers on flows compare themselves on, written from their
 * formulas, with every parameter stated.
 *
 * <p>Where an original takes points on an even grid of angles (which ties them to their number),
 * the angle is drawn at random here, so that rows are independent and any number can be drawn; the
 * distribution is the same. In the descriptions u, v and w are uniform on [0, 1).
 */
public final class Toy implements Generator {
  private static final int COLUMNS = 2;

  private static final Toy MOONS =
      new Toy(
          "moons",
          "two half circles, as in torchcfm: 3 p - 1 with p = (cos a, sin a) or (1 - cos a, 0.5 -"
              + " sin a), a = pi u, plus one and the same noise 0.2 v on both coordinates",
          2,
          ToyPoints::moons,
          null);

  private static final Toy EIGHT_GAUSSIANS =
      new Toy(
          "8gaussians",
          "eight equal Gaussians on a circle of radius 5, as in torchcfm: covariance sqrt(0.1) I,"
              + " that is standard deviation 0.5623; entropy 3.763 nats",
          8,
          ToyPoints::eightGaussians,
          ToyDensity::eightGaussians);

  private static final Toy CHECKERBOARD =
      new Toy(
          "checkerboard",
          "the eight even squares of a 4 x 4 board on [-4, 4)^2, as in FFJORD: x1 = 4 u - 2, x2 = v"
              + " - (0 or 2) + (floor(x1) mod 2), both times 2; entropy ln 32 = 3.4657 nats",
          8,
          ToyPoints::checkerboard,
          ToyDensity::checkerboard);

  private static final Toy CIRCLES =
      new Toy(
          "circles",
          "two circles, as in FFJORD: radius 1 or 0.5, normal noise 0.08 on each coordinate, times"
              + " 3; entropy 3.268 nats",
          2,
          ToyPoints::circles,
          ToyDensity::circles);

  private static final Toy SPIRALS =
      new Toy(
          "spirals",
          "two spirals, '2spirals' of FFJORD: r = 3 pi sqrt(u), (-r cos r + v / 2, r sin r + w / 2)"
              + " / 3 or its negative, plus normal noise 0.1",
          2,
          ToyPoints::spirals,
          null);

  private static final Toy SWISSROLL =
      new Toy(
          "swissroll",
          "one spiral, as in FFJORD: a = 1.5 pi (1 + 2 u), (a cos a, a sin a) plus normal noise 1,"
              + " over 5",
          0,
          ToyPoints::swissroll,
          null);

  private static final Toy PINWHEEL =
      new Toy(
          "pinwheel",
          "five blades, as in FFJORD: (r, s) normal of mean (1, 0) and standard deviations (0.3,"
              + " 0.1), turned clockwise by 2 pi k / 5 + 0.25 e^r, times 2",
          5,
          ToyPoints::pinwheel,
          null);

  private static final Toy GAUSSIAN =
      new Toy(
          "gaussian",
          "one Gaussian of mean (1, -0.5) and covariance ((1, 0.6), (0.6, 0.8)), for checks against"
              + " formulas; entropy 2.4274 nats",
          0,
          ToyPoints::gaussian,
          ToyDensity::gaussian);

  private static final List<Toy> ALL =
      List.of(
          MOONS, EIGHT_GAUSSIANS, CHECKERBOARD, CIRCLES, SPIRALS, SWISSROLL, PINWHEEL, GAUSSIAN);

  /** Draws one point into an array of two and says which class it is of. */
  @FunctionalInterface
  private interface Draw {
    int point(RowRandom random, double[] x);
  }

  private final String name;
  private final String description;
  private final int classes;
  private final Draw draw;
  private final ToDoubleFunction<double[]> logDensity;

  private Toy(
      String name,
      String description,
      int classes,
      Draw draw,
      ToDoubleFunction<double[]> logDensity) {
    this.name = name;
    this.description = description;
    this.classes = classes;
    this.draw = draw;
    this.logDensity = logDensity;
  }

  /** All of them. */
  public static List<Toy> all() {
    return ALL;
  }

  /** Two half circles; the noise moves both coordinates together. */
  public static Toy moons() {
    return MOONS;
  }

  /** Eight Gaussians on a circle; the density has a closed form. */
  public static Toy eightGaussians() {
    return EIGHT_GAUSSIANS;
  }

  /** The even squares of a board; the density has a closed form. */
  public static Toy checkerboard() {
    return CHECKERBOARD;
  }

  /** Two noisy circles; the density has a closed form. */
  public static Toy circles() {
    return CIRCLES;
  }

  /** Two spirals, one the other turned by half a turn. */
  public static Toy spirals() {
    return SPIRALS;
  }

  /** A rolled strip seen from its end. */
  public static Toy swissroll() {
    return SWISSROLL;
  }

  /** Five bent blades. */
  public static Toy pinwheel() {
    return PINWHEEL;
  }

  /** One correlated Gaussian; the density has a closed form. */
  public static Toy gaussian() {
    return GAUSSIAN;
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public String description() {
    return description;
  }

  @Override
  public int columns() {
    return COLUMNS;
  }

  @Override
  public Optional<ToDoubleFunction<double[]>> logDensity() {
    return Optional.ofNullable(logDensity);
  }

  @Override
  public int classes() {
    return classes;
  }

  @Override
  public int row(long seed, long row, float[] into, int offset) {
    double[] x = new double[COLUMNS];
    int label = draw.point(new RowRandom(seed, row), x);
    into[offset] = (float) x[0];
    into[offset + 1] = (float) x[1];
    return label;
  }

  @Override
  public String toString() {
    return "Toy[" + name + "]";
  }
}
