package dev.advect.cuda;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.SequencedSet;

/** The open resources of a device, in the order of their making. */
final class Leases {
  private final SequencedSet<Lease> open = new LinkedHashSet<>();

  /**
   * Notes a resource that was made.
   *
   * @param what the resource, as in {@code 4 bytes of device memory}
   * @param release gives it back
   */
  synchronized Lease add(String what, Runnable release) {
    var lease = new Lease(this, what, release);
    open.add(lease);
    return lease;
  }

  synchronized void forget(Lease lease) {
    open.remove(lease);
  }

  /** What is open, and where each was made. */
  synchronized List<String> describe() {
    return open.stream().map(Lease::toString).toList();
  }

  /** Closes whatever is open, the youngest first, and goes on after failures. */
  List<RuntimeException> closeAll() {
    List<Lease> left;
    synchronized (this) {
      left = List.copyOf(open.reversed());
    }
    var failures = new ArrayList<RuntimeException>();
    for (Lease lease : left) {
      try {
        lease.close();
      } catch (RuntimeException e) {
        failures.add(e);
      }
    }
    return failures;
  }
}
