package dev.advect.cuda;

import java.io.File;
import java.lang.foreign.Arena;
import java.lang.foreign.SymbolLookup;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * One shared library of CUDA on this machine: loaded and ready, or missing with the reason.
 *
 * <p>It exists because generated bindings look their library up in a static initialiser: on a
 * machine without CUDA, touching such a class fails with an error that says nothing a user can act
 * on. Probe first, and touch generated classes only when the answer is {@link Ready}.
 */
public sealed interface CudaLibrary {

  /**
   * The environment variable that names folders to search before the system's own places, separated
   * as in a path ({@code :} on Linux).
   */
  String FOLDER_VARIABLE = "ADVECT_CUDA_PATH";

  /** The file name that was asked for, such as {@code libcublas.so.13}. */
  String name();

  /**
   * The library is loaded and stays loaded until the process ends.
   *
   * @param name the file name that was asked for
   * @param file the file, if it came from a folder that was searched first; otherwise the operating
   *     system found it
   * @param lookup finds the library's symbols by name
   */
  record Ready(String name, Optional<Path> file, SymbolLookup lookup) implements CudaLibrary {
    public Ready {
      Objects.requireNonNull(name, "name");
      Objects.requireNonNull(file, "file");
      Objects.requireNonNull(lookup, "lookup");
    }
  }

  /**
   * The library cannot be used here.
   *
   * @param name the file name that was asked for
   * @param reason why not, one sentence
   * @param remedy what would make it usable, one sentence
   */
  record Missing(String name, String reason, String remedy) implements CudaLibrary {
    public Missing {
      Objects.requireNonNull(name, "name");
      Objects.requireNonNull(reason, "reason");
      Objects.requireNonNull(remedy, "remedy");
    }
  }

  /** The file name of the driver's library on this operating system. */
  static String driverName() {
    boolean windows = System.getProperty("os.name").toLowerCase(Locale.ROOT).startsWith("windows");
    return windows ? "nvcuda.dll" : "libcuda.so.1";
  }

  /**
   * Looks a library up in the folders that {@value #FOLDER_VARIABLE} names, when it is set, and
   * then where the operating system looks. Never throws: whatever goes wrong is a {@link Missing}.
   *
   * @param soname the library's file name, such as {@code libcuda.so.1} or {@code nvcuda.dll}
   */
  static CudaLibrary probe(String soname) {
    String folders = System.getenv(FOLDER_VARIABLE);
    if (folders == null || folders.isBlank()) {
      return probe(soname, List.of());
    }
    try {
      return probe(
          soname,
          Stream.of(folders.split(File.pathSeparator))
              .filter(folder -> !folder.isEmpty())
              .map(Path::of)
              .toList());
    } catch (InvalidPathException e) {
      return notAFolder(soname, folders);
    }
  }

  /**
   * Looks a library up in some folders, in their order, and then where the operating system looks.
   * A file that is there but cannot be loaded ends the search: falling through to another copy
   * would hide the mistake. Never throws.
   *
   * @param soname the library's file name
   * @param folders folders to search first; each must exist
   */
  static CudaLibrary probe(String soname, List<Path> folders) {
    if (soname.isBlank() || soname.indexOf('\0') >= 0) {
      return new Missing(
          soname,
          "'" + soname.replace('\0', '?') + "' is no name of a library file.",
          "Ask for a file name such as " + driverName() + ".");
    }
    for (Path folder : folders) {
      if (!Files.isDirectory(folder)) {
        return notAFolder(soname, folder.toString());
      }
      Path file = folder.resolve(soname);
      if (Files.exists(file)) {
        return load(soname, file);
      }
    }
    return load(soname, folders);
  }

  @SuppressWarnings("restricted")
  private static CudaLibrary load(String soname, Path file) {
    try {
      return new Ready(soname, Optional.of(file), SymbolLookup.libraryLookup(file, Arena.global()));
    } catch (IllegalArgumentException e) {
      return new Missing(
          soname,
          "%s (%d bytes) cannot be loaded as a library.".formatted(file, file.toFile().length()),
          "Put a library for %s %s there, and see that what it depends on can be found too."
              .formatted(System.getProperty("os.name"), System.getProperty("os.arch")));
    } catch (IllegalCallerException e) {
      return notAllowed(soname);
    }
  }

  @SuppressWarnings("restricted")
  private static CudaLibrary load(String soname, List<Path> searched) {
    try {
      return new Ready(
          soname, Optional.empty(), SymbolLookup.libraryLookup(soname, Arena.global()));
    } catch (IllegalArgumentException e) {
      String also = searched.isEmpty() ? "" : " nor in " + searched;
      String install =
          soname.equals(driverName()) ? "Install an NVIDIA driver" : "Install the CUDA libraries";
      return new Missing(
          soname,
          soname + " is not where the system looks for libraries" + also + ".",
          "%s, or set %s to the folder that holds %s.".formatted(install, FOLDER_VARIABLE, soname));
    } catch (IllegalCallerException e) {
      return notAllowed(soname);
    }
  }

  private static Missing notAFolder(String soname, String folder) {
    return new Missing(
        soname,
        "'" + folder + "', where " + soname + " was to be looked for, is not a folder.",
        "Set " + FOLDER_VARIABLE + " to the folder that holds " + soname + ", or unset it.");
  }

  private static Missing notAllowed(String soname) {
    return new Missing(
        soname,
        "This JVM does not let Advect load native libraries such as " + soname + ".",
        "Start java with --enable-native-access=ALL-UNNAMED, or =dev.advect.bindings on the module"
            + " path.");
  }
}
