package dev.advect.cli.report;

import dev.advect.AdvectException;
import dev.advect.file.AtomicFile;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.function.Supplier;
import javax.imageio.ImageIO;
import javax.imageio.stream.MemoryCacheImageOutputStream;

/** A picture as the bytes of a PNG file. */
public record Png(byte[] bytes) {
  /**
   * Draws a picture without a screen.
   *
   * @throws AdvectException if this machine lacks what Java needs to draw text
   */
  public static Png draw(Supplier<BufferedImage> drawing) {
    System.setProperty("java.awt.headless", "true");
    try {
      return new Png(encode(drawing.get()));
    } catch (LinkageError | InternalError e) {
      throw missing(e);
    } catch (RuntimeException | Error e) {
      // Java's font code fails in one way or another where no font is installed.
      if (e.getStackTrace().length > 0 && e.getStackTrace()[0].getClassName().startsWith("sun.")) {
        throw missing(e);
      }
      throw e;
    }
  }

  private static AdvectException missing(Throwable cause) {
    return new AdvectException(
        "Java cannot draw on this machine: " + cause,
        "install fontconfig and a font, for example: apt-get install fontconfig fonts-dejavu-core",
        cause);
  }

  /** Writes it atomically. */
  public void write(Path file) {
    AtomicFile.write(file, out -> out.write(bytes));
  }

  private static byte[] encode(BufferedImage image) {
    var bytes = new ByteArrayOutputStream();
    try (var out = new MemoryCacheImageOutputStream(bytes)) {
      if (!ImageIO.write(image, "png", out)) {
        throw new IllegalStateException("Java has no PNG writer");
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }
}
