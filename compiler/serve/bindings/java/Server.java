import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.concurrent.Executors;
import IMPORT.Ranker;

/** An example server: POST /rank takes the JSON of a request with its candidates. Server WEIGHTS PORT. */
final class Server {
    private static final int MOST_BYTES = 16 << 20;

    public static void main(String[] arguments) throws IOException {
        Ranker ranker = Ranker.load(Path.of(arguments[0]));
        InetSocketAddress address =
                new InetSocketAddress(InetAddress.getLoopbackAddress(), Integer.parseInt(arguments[1]));
        HttpServer server = HttpServer.create(address, 0);
        server.createContext("/rank", exchange -> {
            try (exchange) {
                byte[] given = exchange.getRequestBody().readNBytes(MOST_BYTES);
                int status = 200;
                String body;
                try {
                    body = scores(ranker, new String(given, StandardCharsets.UTF_8));
                } catch (IllegalArgumentException e) {
                    status = 422;
                    body = "{\"error\":" + Json.quoted(e.getMessage()) + "}\n";
                }
                answer(exchange, status, body);
            }
        });
        server.setExecutor(Executors.newFixedThreadPool(Runtime.getRuntime().availableProcessors()));
        server.start();
        System.out.println("http://localhost:" + server.getAddress().getPort() + "/rank");
    }

    private static String scores(Ranker ranker, String body) {
        Object json = Json.parse(body);
        float[] scores = JsonRequest.flat(ranker.rank(JsonRequest.request(json), JsonRequest.candidates(json)));
        return "{\"scores\":" + Arrays.toString(scores) + "}\n";
    }

    private static void answer(HttpExchange exchange, int status, String body) throws IOException {
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().set("Content-Type", "application/json");
        exchange.sendResponseHeaders(status, bytes.length);
        exchange.getResponseBody().write(bytes);
    }
}
