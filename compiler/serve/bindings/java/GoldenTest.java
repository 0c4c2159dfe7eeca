import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import IMPORT.Ranker;

/** Scores golden requests, alone and in four threads: GoldenTest WEIGHTS GOLDEN. */
final class GoldenTest {
    public static void main(String[] arguments) throws Exception {
        Object golden = Json.parse(Files.readString(Path.of(arguments[1])));
        double absolute = Json.number(Json.get(golden, "tolerance"), "absolute");
        double relative = Json.number(Json.get(golden, "tolerance"), "relative");
        List<?> requests = Json.list(Json.get(golden, "requests"), "requests");
        double largest = 0;
        Ranker ranker = Ranker.load(Path.of(arguments[0]));
        try (ranker) {
            List<float[]> alone = all(ranker, requests);
            for (int r = 0; r < requests.size(); r++) {
                int i = 0;
                for (String label : JsonRequest.LABELS) {
                    for (Object pair : Json.list(Json.get(requests.get(r), "logits"), "logits")) {
                        List<?> named = (List<?>) pair;
                        if (!named.get(0).equals(label)) continue;
                        for (Object logit : (List<?>) named.get(1)) {
                            double expected = ((Number) logit).doubleValue();
                            double difference = Math.abs(alone.get(r)[i++] - expected);
                            if (!(difference <= absolute + relative * Math.abs(expected)))
                                throw new AssertionError("golden request " + r + ": a logit of " + label + " isn't " + expected);
                            largest = Math.max(largest, difference);
                        }
                    }
                }
                if (i != alone.get(r).length) throw new AssertionError("golden request " + r + " has other labels");
            }
            ExecutorService threads = Executors.newFixedThreadPool(4);
            try {
                Callable<List<float[]>> work = () -> all(ranker, requests);
                for (Future<List<float[]>> each : threads.invokeAll(List.of(work, work, work, work)))
                    for (int r = 0; r < requests.size(); r++)
                        if (!Arrays.equals(each.get().get(r), alone.get(r)))
                            throw new AssertionError("golden request " + r + " has other scores beside other requests");
            } finally {
                threads.shutdown();
            }
        }
        try {
            all(ranker, requests);
            throw new AssertionError("a closed ranker scores");
        } catch (IllegalStateException expected) {
            System.out.printf(
                    "%d golden requests: the largest difference of a logit is %.2g%n", requests.size(), largest);
        }
    }

    private static List<float[]> all(Ranker ranker, List<?> requests) {
        List<float[]> logits = new ArrayList<>();
        for (Object each : requests) {
            Object request = Json.get(each, "request");
            logits.add(JsonRequest.flat(ranker.logits(JsonRequest.request(request), JsonRequest.candidates(request))));
        }
        return logits;
    }
}
