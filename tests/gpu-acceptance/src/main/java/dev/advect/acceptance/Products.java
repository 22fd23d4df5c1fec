package dev.advect.acceptance;

import dev.advect.cli.bench.Workload.Net;
import dev.advect.cuda.Cublas;
import dev.advect.cuda.Device;
import dev.advect.cuda.DeviceMemory;
import dev.advect.cuda.Stream;
import java.util.ArrayList;
import java.util.List;

/**
 * The matrix products of a training step by cuBLAS alone: what a step would take if all else were
 * free.
 */
final class Products {
  /** What cuBLAS asks for on devices of compute capability 9.0 and newer. */
  private static final long WORKSPACE_BYTES = 32L << 20;

  /** One product C = op(A) op(B). */
  private record Product(boolean transposeA, boolean transposeB, int m, int n, int k) {
    long largest() {
      return Math.max((long) m * n, Math.max((long) m * k, (long) k * n));
    }

    void on(Cublas cublas, long a, long b, long c) {
      int lda = transposeA ? k : m;
      int ldb = transposeB ? n : k;
      cublas.sgemm(transposeA, transposeB, m, n, k, 1, a, lda, b, ldb, 0, c, m);
    }
  }

  private Products() {}

  /** Seconds that the products of a training step take in single precision. */
  static double seconds(Device device, Net net, int batch, double roundSeconds) {
    List<Product> products = step(net, batch);
    long bytes = Float.BYTES * products.stream().mapToLong(Product::largest).max().orElseThrow();
    try (Stream stream = device.stream();
        Cublas cublas = Cublas.create(stream);
        DeviceMemory workspace = device.allocate(WORKSPACE_BYTES);
        DeviceMemory a = device.allocate(bytes);
        DeviceMemory b = device.allocate(bytes);
        DeviceMemory c = device.allocate(bytes)) {
      cublas.workspace(workspace);
      stream.fill(a, 0, bytes / Float.BYTES, Float.floatToRawIntBits(0.5f));
      stream.fill(b, 0, bytes / Float.BYTES, Float.floatToRawIntBits(0.25f));
      return new Stopwatch(device, stream, roundSeconds)
          .seconds(
              () -> products.forEach(p -> p.on(cublas, a.address(), b.address(), c.address())));
    }
  }

  /** Y = X W of each layer, dW = X' dZ of each, and dX = dZ W' of each but the first. */
  private static List<Product> step(Net net, int batch) {
    var products = new ArrayList<Product>();
    for (int layer = 0; layer <= net.depth(); layer++) {
      int in = layer == 0 ? net.dim() + 1 : net.width();
      int out = layer == net.depth() ? net.dim() : net.width();
      products.add(new Product(false, false, batch, out, in));
      products.add(new Product(true, false, in, out, batch));
      if (layer > 0) {
        products.add(new Product(false, true, batch, in, out));
      }
    }
    return products;
  }
}
