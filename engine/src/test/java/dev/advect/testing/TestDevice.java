package dev.advect.testing;

/** The device that tests of programs run on: the CPU, or what {@code advect.test.device} says. */
public final class TestDevice {
  /** Its name among the backends. */
  public static final String NAME = System.getProperty("advect.test.device", "cpu");

  /** Whether it is real; tests have less to do on one in software, which takes its time. */
  public static final boolean FAST = !NAME.equals("cuda");

  private TestDevice() {}
}
