package dev.advect.cuda;

/**
 * The time from a resource's making to its closing, and where in the program it was made.
 *
 * <p>Every resource holds one. Closing happens once; using the resource afterwards is an error that
 * names the place.
 */
final class Lease {
  private static final StackWalker STACK = StackWalker.getInstance();
  private static final String PACKAGE = Lease.class.getPackageName() + ".";

  private final Leases owner;
  private final String what;
  private final String site;
  private final Runnable release;
  private volatile boolean open = true;

  Lease(Leases owner, String what, Runnable release) {
    this.owner = owner;
    this.what = what;
    this.release = release;
    this.site =
        STACK.walk(
            frames ->
                frames
                    .filter(frame -> !isHere(frame.getClassName()))
                    .findFirst()
                    .map(frame -> frame.toStackTraceElement().toString())
                    .orElse("an unknown place"));
  }

  private static boolean isHere(String className) {
    return className.startsWith(PACKAGE) && className.indexOf('.', PACKAGE.length()) < 0;
  }

  boolean isOpen() {
    return open;
  }

  /**
   * Goes on only if the resource is open.
   *
   * @throws IllegalStateException if it is closed
   */
  void check() {
    if (!open) {
      throw new IllegalStateException(this + ", is closed and cannot be used any more.");
    }
  }

  /** Releases the resource, unless that has happened. */
  void close() {
    synchronized (this) {
      if (!open) {
        return;
      }
      open = false;
    }
    owner.forget(this);
    release.run();
  }

  /** The resource and the place where it was made. */
  @Override
  public String toString() {
    return what + ", made at " + site;
  }
}
