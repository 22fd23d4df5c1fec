package dev.advect.testing;

/** The device that tests of programs run on: the CPU, or what {@code advect.test.device} says. */
public final class TestDevice {
  /** Its name among the backends. */
  public static final String NAME = System.getProperty("advect.test.device", "cpu");

  private TestDevice() {}
}
