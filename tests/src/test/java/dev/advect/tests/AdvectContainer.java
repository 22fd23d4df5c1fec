package dev.advect.tests;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.command.InspectContainerResponse.ContainerState;
import com.github.dockerjava.api.exception.NotFoundException;
import com.github.dockerjava.api.model.HostConfig;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.testcontainers.DockerClientFactory;
import org.testcontainers.containers.BindMode;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.containers.output.OutputFrame.OutputType;
import org.testcontainers.containers.startupcheck.StartupCheckStrategy;
import org.testcontainers.utility.DockerImageName;

/**
 * A container of one of Advect's images, as strict as a cluster would be: another user than root,
 * nothing but {@code /data} and {@code /tmp} to write to, no network.
 */
final class AdvectContainer extends GenericContainer<AdvectContainer> {
  private static final Duration STUCK = Duration.ofMinutes(4);

  /** Waits for the end of a container, however it ends. */
  private static final class Ended extends StartupCheckStrategy {
    @Override
    public StartupStatus checkStartupState(DockerClient docker, String id) {
      return hasEnded(docker.inspectContainerCmd(id).exec().getState())
          ? StartupStatus.SUCCESSFUL
          : StartupStatus.NOT_YET_KNOWN;
    }
  }

  /** Is content with a container that runs. */
  private static final class Begun extends StartupCheckStrategy {
    @Override
    public StartupStatus checkStartupState(DockerClient docker, String id) {
      ContainerState state = docker.inspectContainerCmd(id).exec().getState();
      return Boolean.TRUE.equals(state.getRunning()) || hasEnded(state)
          ? StartupStatus.SUCCESSFUL
          : StartupStatus.NOT_YET_KNOWN;
    }
  }

  private AdvectContainer(String image) {
    super(DockerImageName.parse(image));
    withImagePullPolicy(_ -> false);
    withNetworkMode("none");
    withTmpFs(Map.of("/tmp", "rw"));
    withCreateContainerCmdModifier(create -> create.getHostConfig().withReadonlyRootfs(true));
    withStartupAttempts(1);
  }

  /** A container of the image for the CPU. */
  static AdvectContainer cpu() {
    return of("advect:cpu");
  }

  /** A container of the image for NVIDIA's devices. */
  static AdvectContainer gpu() {
    return of("advect:gpu");
  }

  /** Skips the test where there is no engine or no image, or fails it where they are to be. */
  private static AdvectContainer of(String image) {
    String problem = problem(image);
    if (problem != null && "true".equals(System.getenv("ADVECT_REQUIRE_DOCKER"))) {
      throw new AssertionError(problem);
    }
    assumeTrue(problem == null, problem);
    return new AdvectContainer(image);
  }

  /** Why there is no such container; null if there is. */
  private static String problem(String image) {
    if (!DockerClientFactory.instance().isDockerAvailable()) {
      return "No Docker engine answers: start one, or set DOCKER_HOST.";
    }
    try {
      DockerClientFactory.instance().client().inspectImageCmd(image).exec();
      return null;
    } catch (NotFoundException e) {
      return "The engine has no image " + image + ": run docker/build.";
    }
  }

  /** With a folder as {@code /data}, and its user's rights. */
  AdvectContainer in(Folder folder) {
    withFileSystemBind(folder.path().toString(), "/data", BindMode.READ_WRITE);
    return as(folder.user());
  }

  /** With another folder, to read only. */
  AdvectContainer beside(Path folder, String inside) {
    withFileSystemBind(folder.toString(), inside, BindMode.READ_ONLY);
    return this;
  }

  AdvectContainer as(String user) {
    withCreateContainerCmdModifier(create -> create.withUser(user));
    return this;
  }

  AdvectContainer withMemory(long mebibytes) {
    withCreateContainerCmdModifier(
        create -> {
          HostConfig host = create.getHostConfig();
          host.withMemory(mebibytes << 20);
          host.withMemorySwap(mebibytes << 20);
        });
    return this;
  }

  /** With another program of the image than Advect. */
  AdvectContainer program(String... words) {
    withCreateContainerCmdModifier(create -> create.withEntrypoint(words));
    return this;
  }

  /** Runs Advect with these words to its end. */
  Outcome run(String... words) {
    withCommand(words);
    withStartupCheckStrategy(new Ended().withTimeout(STUCK));
    try (this) {
      start();
      return outcome();
    }
  }

  /** Starts Advect with these words, and lets it work. */
  AdvectContainer begin(String... words) {
    withCommand(words);
    withStartupCheckStrategy(new Begun().withTimeout(STUCK));
    start();
    return this;
  }

  boolean hasEnded() {
    return hasEnded(state());
  }

  private static boolean hasEnded(ContainerState state) {
    return !Boolean.TRUE.equals(state.getRunning()) && "exited".equals(state.getStatus());
  }

  /** Sends SIGTERM, as {@code docker stop} does, and waits for the end. */
  Outcome terminate() {
    getDockerClient()
        .stopContainerCmd(getContainerId())
        .withTimeout((int) STUCK.toSeconds())
        .exec();
    return outcome();
  }

  private ContainerState state() {
    return getDockerClient().inspectContainerCmd(getContainerId()).exec().getState();
  }

  private Outcome outcome() {
    ContainerState state = state();
    return new Outcome(
        Math.toIntExact(state.getExitCodeLong()),
        getLogs(OutputType.STDOUT),
        getLogs(OutputType.STDERR),
        Boolean.TRUE.equals(state.getOOMKilled()));
  }

  /**
   * What a container did.
   *
   * @param exit its exit code
   * @param out what it wrote to stdout
   * @param err what it wrote to stderr
   * @param outOfMemory whether the kernel ended it because its memory was used up
   */
  record Outcome(int exit, String out, String err, boolean outOfMemory) {
    Outcome requireDone() {
      if (exit != 0 || outOfMemory) {
        throw new AssertionError("exit code %d, %s\n%s".formatted(exit, out, err));
      }
      return this;
    }
  }

  /**
   * A folder on this machine and who owns it.
   *
   * @param user as {@code uid:gid}
   */
  record Folder(Path path, String user) {}
}
