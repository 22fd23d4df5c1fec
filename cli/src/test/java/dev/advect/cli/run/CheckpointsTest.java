package dev.advect.cli.run;

import static org.assertj.core.api.Assertions.assertThat;

import dev.advect.train.TrainingState;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class CheckpointsTest {
  private static final long SECOND = 1_000_000_000;

  private final AtomicLong now = new AtomicLong(-5 * SECOND);
  private final Checkpoints checkpoints = new Checkpoints(kept(0), now::get);

  @Test
  void theStartIsNoCheckpoint() {
    now.addAndGet(10 * SECOND);
    assertThat(checkpoints.isPending()).isFalse();
    assertThat(checkpoints.isDue()).isFalse();
    assertThat(checkpoints.isWritten(0)).isFalse();
    assertThat(checkpoints.newest().step()).isZero();
  }

  @Test
  void theFirstIsDueAtOnce() {
    checkpoints.keep(kept(100));
    assertThat(checkpoints.isDue()).isTrue();
    assertThat(checkpoints.write().step()).isEqualTo(100);
    assertThat(checkpoints.isWritten(100)).isTrue();
    assertThat(checkpoints.isPending()).isFalse();
    now.addAndGet(10 * SECOND);
    assertThat(checkpoints.isDue()).isFalse();
  }

  @Test
  void ofThoseWithinASecondTheLastIsDue() {
    checkpoints.keep(kept(100));
    checkpoints.write();
    checkpoints.keep(kept(200));
    assertThat(checkpoints.isPending()).isTrue();
    assertThat(checkpoints.isDue()).isFalse();
    now.addAndGet(SECOND - 1);
    checkpoints.keep(kept(300));
    assertThat(checkpoints.isDue()).isFalse();
    now.addAndGet(1);
    assertThat(checkpoints.isDue()).isTrue();
    assertThat(checkpoints.write().step()).isEqualTo(300);
    assertThat(checkpoints.isWritten(200)).isFalse();
  }

  private static Checkpoints.Kept kept(long step) {
    return new Checkpoints.Kept(new TrainingState(step, 0, new TreeMap<>()), Window.start());
  }
}
