package dev.advect.cli.bench;

import dev.advect.backend.Backend;
import dev.advect.backend.Executable;
import dev.advect.backend.Slice;
import dev.advect.coupling.Coupling;
import dev.advect.data.Normalizer;
import dev.advect.graph.Graph;
import dev.advect.graph.Trace;
import dev.advect.graph.Value;
import dev.advect.likelihood.Divergence;
import dev.advect.nn.Activation;
import dev.advect.nn.Mlp;
import dev.advect.nn.Parameters;
import dev.advect.path.Icfm;
import dev.advect.random.Draws;
import dev.advect.solve.Solver;
import dev.advect.train.CompiledModel;
import dev.advect.train.Flow;
import dev.advect.train.FlowMatching;
import dev.advect.train.FlowModel;
import dev.advect.train.SamplingOptions;
import dev.advect.train.Trainer;
import dev.advect.train.TrainingOptions;
import dev.advect.transport.SquaredDistances;
import dev.advect.type.ValueType;
import java.util.Map;
import java.util.Optional;

/** Work that is measured: what one run does, and how much that is. */
public sealed interface Workload {
  /** A workload that is ready to run. */
  interface Prepared extends Runnable, AutoCloseable {
    @Override
    default void close() {}
  }

  private static Prepared prepared(CompiledModel compiled, Runnable work) {
    return new Prepared() {
      @Override
      public void run() {
        work.run();
      }

      @Override
      public void close() {
        compiled.close();
      }
    };
  }

  /** The line a worker is asked it with, but for the seconds. */
  String task();

  /** What a person calls it, as {@code train-2-64x3-256}: the task without its activation. */
  String name();

  /** Makes everything that is not measured. */
  Prepared prepare(Backend backend);

  /** What one run counts as: steps, samples, couplings, or 10^9 operations. */
  double amount();

  /** What is counted. */
  String unit();

  /** Multiplications and additions of floats that one run needs, in its matrix products alone. */
  double operations();

  /** A multilayer perceptron on (x, t) with equal hidden layers. */
  record Net(int dim, int width, int depth, Activation activation) {
    Mlp field() {
      return Mlp.of(dim, width, depth, activation);
    }

    /** Operations of one evaluation. */
    double forward() {
      return 2.0 * ((dim + 1.0) * width + (depth - 1.0) * width * width + 1.0 * width * dim);
    }

    /** Operations of carrying a tangent or a gradient back to the first hidden layer. */
    double inner() {
      return 2.0 * ((depth - 1.0) * width * width + 1.0 * width * dim);
    }

    /** The sizes, as {@code 2-64x3}. */
    String sizes() {
      return "%d-%dx%d".formatted(dim, width, depth);
    }

    FlowModel model() {
      var flow = Flow.along(new Icfm(0), field());
      var weights = Parameters.of(field()).initial(0);
      return new FlowModel(flow, weights, Normalizer.none(), Optional.empty(), 0, 0);
    }

    @Override
    public String toString() {
      return "%d %d %d %s".formatted(dim, width, depth, activation);
    }
  }

  /** Steps of flow matching with Adam, without clipping or averaging. */
  record Train(Net net, int batch) implements Workload {
    private static final int ROWS = 10_000;

    @Override
    public String task() {
      return "train %s %d".formatted(net, batch);
    }

    @Override
    public String name() {
      return "train-%s-%d".formatted(net.sizes(), batch);
    }

    @Override
    public Prepared prepare(Backend backend) {
      var standard = TrainingOptions.standard();
      var options =
          new TrainingOptions(
              1 << 24,
              batch,
              0,
              0,
              standard.optimizer(),
              standard.learningRate(),
              standard.schedule(),
              0);
      float[] rows = Draws.normal(0, 0, 0, ROWS, net.dim());
      var matching = FlowMatching.of(net.field(), new Icfm(0));
      var trainer = new Trainer(backend, matching, options, rows, ROWS);
      return new Prepared() {
        @Override
        public void run() {
          trainer.advance(1);
        }

        @Override
        public void close() {
          trainer.close();
        }
      };
    }

    @Override
    public double amount() {
      return 1;
    }

    @Override
    public String unit() {
      return "steps";
    }

    @Override
    public double operations() {
      return batch * (2 * net.forward() + net.inner());
    }
  }

  /** Samples by 100 steps of Euler's method. */
  record Sample(Net net, int n) implements Workload {
    static final int STEPS = 100;

    @Override
    public String task() {
      return "sample %s %d".formatted(net, n);
    }

    @Override
    public String name() {
      return "sample-%s-%d".formatted(net.sizes(), n);
    }

    @Override
    public Prepared prepare(Backend backend) {
      FlowModel model = net.model();
      var options = SamplingOptions.standard();
      CompiledModel compiled = model.compile(backend);
      return prepared(compiled, () -> compiled.sample(options, n));
    }

    @Override
    public double amount() {
      return n;
    }

    @Override
    public String unit() {
      return "samples";
    }

    @Override
    public double operations() {
      return n * STEPS * net.forward();
    }
  }

  /** Log-densities by 100 steps of Euler's method back to the noise, with one probe. */
  record LogLikelihood(Net net, int n) implements Workload {
    @Override
    public String task() {
      return "loglik %s %d".formatted(net, n);
    }

    @Override
    public String name() {
      return "loglik-%s-%d".formatted(net.sizes(), n);
    }

    @Override
    public Prepared prepare(Backend backend) {
      FlowModel model = net.model();
      float[] rows = Draws.normal(0, 0, 0, n, net.dim());
      Solver solver = Solver.euler(Sample.STEPS);
      Divergence divergence = Divergence.hutchinson(1);
      CompiledModel compiled = model.compile(backend);
      return prepared(compiled, () -> compiled.logLikelihood(rows, solver, divergence, 0));
    }

    @Override
    public double amount() {
      return n;
    }

    @Override
    public String unit() {
      return "log-densities";
    }

    @Override
    public double operations() {
      double tangent = 2.0 * net.dim() * net.width() + net.inner();
      return n * Sample.STEPS * (net.forward() + tangent);
    }
  }

  /** The exact coupling of n source points with n data points, the costs included. */
  record ExactOt(int n, int dim) implements Workload {
    @Override
    public String task() {
      return "ot %d %d".formatted(n, dim);
    }

    @Override
    public String name() {
      return "ot-%d-%d".formatted(n, dim);
    }

    @Override
    public Prepared prepare(Backend backend) {
      float[] x0 = Draws.normal(0, 0, 0, n, dim);
      float[] x1 = Draws.normal(0, 0, 1, n, dim);
      for (int i = 0; i < x1.length; i++) {
        x1[i]++;
      }
      return () -> Coupling.exactOt().partners(SquaredDistances.between(x0, x1, dim));
    }

    @Override
    public double amount() {
      return 1;
    }

    @Override
    public String unit() {
      return "couplings";
    }

    @Override
    public double operations() {
      return 0;
    }
  }

  /**
   * A product A B of m by n by k, one of the three that training needs, from rows to rows: samples
   * with a matrix (NN), with a transposed matrix as a layer's weights are (NT), and with other
   * samples, summed over the samples (TN).
   */
  record Product(String layout, int m, int n, int k) implements Workload {
    /** Checks the layout. */
    public Product {
      if (!layout.matches("NN|NT|TN")) {
        throw new IllegalArgumentException(
            "there is no product '%s', only NN, NT and TN".formatted(layout));
      }
    }

    @Override
    public String task() {
      return "gemm %s %d %d %d".formatted(layout, m, n, k);
    }

    @Override
    public String name() {
      return "gemm-%s-%dx%dx%d".formatted(layout, m, n, k);
    }

    @Override
    public Prepared prepare(Backend backend) {
      boolean summed = layout.equals("TN");
      Executable product = backend.compile(graph());
      product.bind("a", Draws.normal(0, 0, 0, m, k));
      float[] b = Draws.normal(0, 0, 1, k, n);
      if (summed) {
        product.bind("b", b);
      } else {
        product.set("b", b);
      }
      return new Prepared() {
        @Override
        public void run() {
          product.run(Slice.batch(summed ? k : m, 0), 0);
          product.result("c");
        }

        @Override
        public void close() {
          product.close();
        }
      };
    }

    private Graph graph() {
      var g = new Trace();
      Value c =
          switch (layout) {
            case "NN" ->
                g.input("a", ValueType.sample(k))
                    .dot("k", g.input("b", ValueType.shared(k, n)), "kn", "n");
            case "NT" ->
                g.input("a", ValueType.sample(k))
                    .dot("k", g.input("b", ValueType.shared(n, k)), "nk", "n");
            default ->
                g.contract(
                    "m",
                    "n",
                    "mn",
                    true,
                    g.input("a", ValueType.sample(m)),
                    g.input("b", ValueType.sample(n)));
          };
      return Graph.of("product", Map.of("c", c));
    }

    @Override
    public double amount() {
      return operations() / 1e9;
    }

    @Override
    public String unit() {
      return "GFLOP";
    }

    @Override
    public double operations() {
      return 2.0 * m * n * k;
    }
  }
}
