package dev.advect.train;

import dev.advect.AdvectException;
import dev.advect.data.ImageShape;
import dev.advect.data.Normalizer;
import dev.advect.file.Safetensors;
import dev.advect.file.SafetensorsFile;
import dev.advect.file.Tensor;
import dev.advect.json.JsonObject;
import dev.advect.likelihood.Dequantization;
import dev.advect.nn.Condition;
import dev.advect.nn.Field;
import dev.advect.nn.Parameters;
import dev.advect.path.GaussianPath;
import dev.advect.path.Prediction;
import dev.advect.type.ValueType;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.TreeMap;
import java.util.function.Function;

/** The file of a model: its weights as safetensors, everything else in the metadata. */
final class ModelFile {
  static final String VERSION_KEY = "format_version";
  static final String VERSION = "1";
  private static final String CONVENTION_KEY = "convention";
  private static final String CONVENTION = "t0=noise,t1=data";
  private static final String PATH = "path";
  private static final String FREE = JsonObject.kind(PATH, "free").json();
  private static final String PREDICTION = "prediction";
  private static final String COUPLING = "coupling";
  private static final String INDEPENDENT = "independent";
  private static final String IMAGE = "image";
  private static final String CONDITION_NORMALIZER = "condition_normalizer";
  private static final String CONDITION_DROPOUT = "condition_dropout";
  private static final String DEQUANTIZE = "dequantize";

  private ModelFile() {}

  static void save(FlowModel model, Path file, Map<String, String> extra) {
    var metadata = new TreeMap<>(extra);
    metadata.put(VERSION_KEY, VERSION);
    metadata.put(CONVENTION_KEY, CONVENTION);
    metadata.put("field", model.field().json());
    metadata.put(PATH, model.flow().path().map(GaussianPath::json).orElse(FREE));
    metadata.put(PREDICTION, model.flow().prediction().toString());
    metadata.put(COUPLING, model.flow().independent() ? INDEPENDENT : "dependent");
    metadata.put("normalizer", model.normalizer().toJson());
    metadata.put("parameters", String.valueOf(model.parameterCount()));
    metadata.put("seed", String.valueOf(model.seed()));
    metadata.put("step", String.valueOf(model.step()));
    model.image().ifPresent(image -> metadata.put(IMAGE, json(image)));
    if (!(model.condition() instanceof Condition.None)) {
      metadata.put(CONDITION_NORMALIZER, model.conditioning().normalizer().toJson());
      metadata.put(CONDITION_DROPOUT, String.valueOf(model.conditioning().dropout()));
    }
    model.dequantization().ifPresent(d -> metadata.put(DEQUANTIZE, String.valueOf(d.step())));
    var tensors = new LinkedHashMap<String, Tensor>();
    Parameters.types(model.field())
        .forEach(
            (name, type) -> tensors.put(name, Tensor.f32(model.weights().get(name), dims(type))));
    Safetensors.write(file, metadata, tensors);
  }

  static FlowModel load(
      Path path, Function<String, Field> fields, Function<String, GaussianPath> paths) {
    SafetensorsFile file = Safetensors.read(path);
    requireVersion(file);
    String convention = file.requireMetadata(CONVENTION_KEY);
    if (!convention.equals(CONVENTION)) {
      throw new AdvectException(
          "%s has the convention '%s' where '%s' is expected"
              .formatted(path, convention, CONVENTION),
          "its time runs another way; it was not written by Advect");
    }
    Field field = fields.apply(file.requireMetadata("field"));
    Optional<GaussianPath> matched =
        Optional.of(file.requireMetadata(PATH)).filter(json -> !json.equals(FREE)).map(paths);
    return new FlowModel(
        new Flow(
            field,
            matched,
            Prediction.of(file.metadata().getOrDefault(PREDICTION, "velocity")),
            file.metadata().getOrDefault(COUPLING, INDEPENDENT).equals(INDEPENDENT)),
        weights(file, field),
        Normalizer.fromJson(file.requireMetadata("normalizer"), path + ": normalizer"),
        Optional.ofNullable(file.metadata().get(IMAGE)).map(ModelFile::image),
        conditioning(file, field),
        file.metadata().containsKey(DEQUANTIZE)
            ? Optional.of(new Dequantization(decimal(file, DEQUANTIZE, 0, Double.MAX_VALUE)))
            : Optional.empty(),
        Optional.empty(),
        number(file, "seed"),
        number(file, "step"));
  }

  private static Conditioning conditioning(SafetensorsFile file, Field field) {
    if (field.condition() instanceof Condition.None) {
      return Conditioning.none();
    }
    String normalizer = file.requireMetadata(CONDITION_NORMALIZER);
    return new Conditioning(
        Normalizer.fromJson(normalizer, file.file() + ": " + CONDITION_NORMALIZER),
        decimal(file, CONDITION_DROPOUT, Math.nextDown(0.0), 1));
  }

  private static SequencedMap<String, float[]> weights(SafetensorsFile file, Field field) {
    SequencedMap<String, ValueType> needed = Parameters.types(field);
    var weights = new LinkedHashMap<String, float[]>();
    needed.forEach(
        (name, type) -> {
          Tensor found = file.tensors().get(name);
          Tensor.DType dtype = found == null ? Tensor.DType.F32 : found.dtype();
          weights.put(name, file.require(name, dtype, dims(type)).floats());
        });
    for (String name : file.tensors().keySet()) {
      if (!needed.containsKey(name)) {
        throw new AdvectException(
            "%s has a tensor '%s' that its field %s does not use"
                .formatted(file.file(), name, field.json()),
            "remove it, or describe the field it belongs to in the metadata");
      }
    }
    return weights;
  }

  /** Checks that a file has the version this code writes. */
  static void requireVersion(SafetensorsFile file) {
    String version = file.requireMetadata(VERSION_KEY);
    if (!version.equals(VERSION)) {
      throw new AdvectException(
          "%s has the format version '%s'; this program reads version %s"
              .formatted(file.file(), version, VERSION),
          "use the version of Advect that wrote it, or a newer one");
    }
  }

  /** A whole number in the metadata. */
  static long number(SafetensorsFile file, String key) {
    String text = file.requireMetadata(key);
    try {
      return Long.parseLong(text);
    } catch (NumberFormatException e) {
      throw new AdvectException(
          "%s: the metadata '%s' is '%s', no whole number".formatted(file.file(), key, text),
          "the file was changed by hand; restore it from a copy",
          e);
    }
  }

  /** A number in the metadata, between two others. */
  private static double decimal(SafetensorsFile file, String key, double above, double below) {
    String text = file.requireMetadata(key);
    try {
      double value = Double.parseDouble(text);
      if (value > above && value < below) {
        return value;
      }
    } catch (NumberFormatException _) {
      // Said below, as for a number out of range.
    }
    throw new AdvectException(
        "%s: the metadata '%s' is '%s', no number in its range".formatted(file.file(), key, text),
        "the file was changed by hand; restore it from a copy");
  }

  private static String json(ImageShape image) {
    return JsonObject.kind(IMAGE, "grey")
        .with("height", image.height())
        .with("width", image.width())
        .json();
  }

  private static ImageShape image(String json) {
    JsonObject object = JsonObject.parse(IMAGE, json);
    return new ImageShape(object.integer("height"), object.integer("width"));
  }

  private static long[] dims(ValueType type) {
    return type.dims().stream().mapToLong(Integer::longValue).toArray();
  }
}
