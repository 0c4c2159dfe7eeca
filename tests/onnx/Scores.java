// Scores tensors of raw values with onnxruntime in Java, which shares no code with dinc: java Scores MODEL OUTPUT TENSORS.
// TENSORS has requests, each ended by an empty line. A line of a request is a tensor: its name, type, sizes and values, with
// tabs between them; texts and names are UTF-8 as base64. Prints the numbers of OUTPUT, a line for each request.

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import java.io.IOException;
import java.nio.DoubleBuffer;
import java.nio.FloatBuffer;
import java.nio.IntBuffer;
import java.nio.LongBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;

public class Scores {
  static final OrtEnvironment machine = OrtEnvironment.getEnvironment();

  public static void main(String[] arguments) throws IOException, OrtException {
    try (OrtSession session = machine.createSession(arguments[0])) {
      Map<String, OnnxTensor> request = new HashMap<>();
      for (String line : Files.readAllLines(Path.of(arguments[2]))) {
        if (!line.isEmpty()) {
          String[] parts = line.split("\t", -1);
          request.put(text(parts[0]), tensor(parts));
          continue;
        }
        try (OrtSession.Result results = session.run(request)) {
          FloatBuffer numbers = ((OnnxTensor) results.get(text(arguments[1])).get()).getFloatBuffer();
          StringBuilder found = new StringBuilder();
          while (numbers.hasRemaining()) found.append(numbers.get()).append(' ');
          System.out.println(found.toString().trim());
        }
        request.clear();
      }
    }
  }

  static String text(String base64) {
    return new String(Base64.getDecoder().decode(base64), StandardCharsets.UTF_8);
  }

  static OnnxTensor tensor(String[] parts) throws OrtException {
    long[] sizes = Arrays.stream(parts[2].split(",")).mapToLong(Long::parseLong).toArray();
    String[] values = Arrays.copyOfRange(parts, 3, parts.length);
    switch (parts[1]) {
      case "string":
        return OnnxTensor.createTensor(machine, Arrays.stream(values).map(Scores::text).toArray(String[]::new), sizes);
      case "int64":
        return OnnxTensor.createTensor(machine, LongBuffer.wrap(Arrays.stream(values).mapToLong(Long::parseLong).toArray()), sizes);
      case "double":
        return OnnxTensor.createTensor(machine, DoubleBuffer.wrap(Arrays.stream(values).mapToDouble(Double::parseDouble).toArray()), sizes);
      case "int32":
        return OnnxTensor.createTensor(machine, IntBuffer.wrap(Arrays.stream(values).mapToInt(Integer::parseInt).toArray()), sizes);
      default:
        FloatBuffer numbers = FloatBuffer.allocate(values.length);
        for (String value : values) numbers.put(Float.parseFloat(value));
        return OnnxTensor.createTensor(machine, numbers.rewind(), sizes);
    }
  }
}
