package dev.advect.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.sun.management.ThreadMXBean;
import dev.advect.backend.Backend;
import dev.advect.backend.BackendOptions;
import dev.advect.backend.Backends;
import dev.advect.data.Table;
import dev.advect.data.Toy;
import dev.advect.nn.Activation;
import dev.advect.nn.Mlp;
import dev.advect.optim.Optimizer;
import dev.advect.optim.Schedule;
import dev.advect.path.Icfm;
import dev.advect.testing.TestDevice;
import java.lang.management.ManagementFactory;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What a training that has found its pace leaves on the Java heap. */
@Tag("device")
class SteadyStateTest {
  private static final int WARM = 3000;
  private static final int STEPS = 2000;

  /** The smallest object has 16 bytes, and the call that does all steps makes some 3000. */
  @Test
  void aStepMakesNothingOnTheHeap() {
    assertThat(bytesOfAStep(new Schedule.Constant())).isLessThan(4);
  }

  @Test
  void aStepOfAnotherLearningRateMakesLittle() {
    assertThat(bytesOfAStep(new Schedule.Cosine())).isLessThan(256);
  }

  private static long bytesOfAStep(Schedule schedule) {
    assumeTrue(TestDevice.NAME.equals("cuda"), "only CUDA keeps everything off the heap");
    var threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    Table moons = Toy.moons().draw(0, 200);
    var matching = FlowMatching.of(Mlp.of(2, 4, 1, Activation.RELU), new Icfm(0.1));
    var adam = Optimizer.Adam.standard();
    var options = new TrainingOptions(WARM + STEPS, 4, 0, 0, adam, 1e-3, schedule, 0);
    try (Backend device = Backends.open(TestDevice.NAME, BackendOptions.standard()).backend();
        var trainer = new Trainer(device, matching, options, moons.values(), moons.rows())) {
      trainer.advance(WARM);
      long before = threads.getCurrentThreadAllocatedBytes();
      trainer.advance(STEPS);
      long bytes = threads.getCurrentThreadAllocatedBytes() - before;
      System.out.printf("%d bytes of heap in %d steps, %s%n", bytes, STEPS, schedule);
      return bytes / STEPS;
    }
  }
}
