package dev.advect.backend;

import dev.advect.AdvectException;

/** A device that failed or cannot go on: nothing that it has computed since can be had. */
public final class DeviceFailure extends AdvectException {
  private static final long serialVersionUID = 1L;

  /**
   * A failure.
   *
   * @param message which call failed, on which device and how, with numbers
   * @param hint what a person can do
   * @param cause what the device's library said
   */
  public DeviceFailure(String message, String hint, Throwable cause) {
    super(message, hint, cause);
  }
}
