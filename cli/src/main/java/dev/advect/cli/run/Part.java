package dev.advect.cli.run;

import dev.advect.cli.UsageException;
import dev.advect.cli.config.Labels;
import dev.advect.data.DataSet;
import dev.advect.data.Generator;
import dev.advect.data.Table;

/** Some of the rows of finite data. */
public enum Part {
  TRAIN,
  VALIDATION,
  TEST,
  ALL;

  /**
   * The rows.
   *
   * @throws UsageException if the split leaves none, or the data are a generator
   */
  public Table of(TrainingData data) {
    if (data.source() instanceof Generator generator) {
      throw new UsageException(
          "--split takes part of finite data; %s is a generator".formatted(generator.name()),
          "leave --split out");
    }
    Table rows =
        switch (this) {
          case TRAIN -> data.split().train();
          case VALIDATION -> data.split().validation();
          case TEST -> data.split().test();
          case ALL ->
              switch (data.source()) {
                case DataSet.Finite finite -> finite.table();
                case Generator _ -> throw new IllegalStateException("refused above");
              };
        };
    if (rows.rows() == 0) {
      throw new UsageException(
          "the configuration leaves no rows of %s for --split %s"
              .formatted(data.source().name(), Labels.of(this)),
          "take --split all, or give data.split such a part before training");
    }
    return rows;
  }
}
