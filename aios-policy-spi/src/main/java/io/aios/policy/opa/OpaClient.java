package io.aios.policy.opa;

import io.aios.policy.EngineUnavailableException;
import io.aios.policy.spi.Deadline;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.DoubleSupplier;
import org.jspecify.annotations.Nullable;

/** The six calls of OPA's REST API that are needed; no redirects, a limited body, retries within the deadline. */
final class OpaClient {
    /** Limits of a client. */
    record Limits(int maxRetries, int maxBytes, long connectMillis) {}

    /** An answer whose body is at most as long as allowed. */
    record Response(int status, String contentType, ByteBuffer body) {
        boolean isJson() {
            return contentType.equals("application/json") || contentType.startsWith("application/json;");
        }
    }

    private static final long BACKOFF_MILLIS = 20;

    /** The list of modules holds those of every tenant with their syntax trees. */
    private static final int LISTING_BYTES = 1 << 26;

    private final URI base;
    private final @Nullable String token;
    private final Limits limits;
    private final DoubleSupplier random;
    private final HttpClient http;

    OpaClient(URI base, @Nullable String token, Limits limits, DoubleSupplier random) {
        this.base = base;
        this.token = token;
        this.limits = limits;
        this.random = random;
        HttpClient.Builder builder = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .followRedirects(HttpClient.Redirect.NEVER)
                .connectTimeout(Duration.ofMillis(limits.connectMillis()));
        // A proxy of the host's would see what plain http to loopback is allowed to carry.
        this.http = ("http".equals(base.getScheme()) ? builder.proxy(HttpClient.Builder.NO_PROXY) : builder).build();
    }

    Response evaluate(List<String> path, String json, Deadline deadline) throws IOException {
        HttpRequest.Builder request = request("/v1/data" + OpaUrl.path(path) + "?strict-builtin-errors=true")
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(json));
        return send(request, deadline);
    }

    Response put(List<String> id, String rego, Deadline deadline) throws IOException {
        return send(
                request("/v1/policies" + OpaUrl.path(id))
                        .header("Content-Type", "text/plain")
                        .PUT(HttpRequest.BodyPublishers.ofString(rego)),
                deadline);
    }

    Response get(List<String> id, Deadline deadline) throws IOException {
        return send(request("/v1/policies" + OpaUrl.path(id)).GET(), deadline);
    }

    Response list(Deadline deadline) throws IOException {
        return send(request("/v1/policies").GET(), LISTING_BYTES, deadline);
    }

    Response delete(List<String> id, Deadline deadline) throws IOException {
        return send(request("/v1/policies" + OpaUrl.path(id)).DELETE(), deadline);
    }

    private HttpRequest.Builder request(String pathAndQuery) {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(base + pathAndQuery));
        return token == null ? request : request.header("Authorization", "Bearer " + token);
    }

    private Response send(HttpRequest.Builder request, Deadline deadline) throws IOException {
        return send(request, limits.maxBytes(), deadline);
    }

    private Response send(HttpRequest.Builder request, int maxBytes, Deadline deadline) throws IOException {
        for (int attempt = 0; ; attempt++) {
            boolean last = attempt >= limits.maxRetries();
            try {
                Response response = once(request, maxBytes, deadline);
                if (last || !isTransient(response.status()) || !pause(attempt, deadline)) {
                    return response;
                }
            } catch (ConnectException | HttpConnectTimeoutException e) {
                if (last || !pause(attempt, deadline)) {
                    throw new EngineUnavailableException(OpaEngineProvider.ID, "cannot connect to " + base, e);
                }
            }
        }
    }

    private static boolean isTransient(int status) {
        return status == 502 || status == 503 || status == 504;
    }

    /** Full jitter; false when the deadline leaves no time for another attempt. */
    private boolean pause(int attempt, Deadline deadline) throws IOException {
        long millis = (long) (random.getAsDouble() * (BACKOFF_MILLIS << attempt));
        if (deadline.remaining().toMillis() <= millis) {
            return false;
        }
        try {
            Thread.sleep(millis);
            return true;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted between attempts", e);
        }
    }

    private Response once(HttpRequest.Builder request, int maxBytes, Deadline deadline) throws IOException {
        Duration remaining = deadline.remaining();
        if (remaining.isZero()) {
            throw new IOException("the deadline has passed");
        }
        CompletableFuture<HttpResponse<Optional<byte[]>>> call =
                http.sendAsync(request.timeout(remaining).build(), info -> new LimitedBody(maxBytes));
        try {
            HttpResponse<Optional<byte[]>> response = call.get(remaining.toNanos(), TimeUnit.NANOSECONDS);
            return new Response(
                    response.statusCode(),
                    response.headers().firstValue("Content-Type").orElse(""),
                    ByteBuffer.wrap(response.body()
                                    .orElseThrow(() -> new IOException("the answer exceeds max_response_bytes")))
                            .asReadOnlyBuffer());
        } catch (ExecutionException e) {
            if (e.getCause() instanceof IOException io) {
                throw io;
            }
            throw new IOException("the call failed", e);
        } catch (TimeoutException e) {
            throw new IOException("no answer before the deadline", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        } finally {
            // Ends the exchange when nobody waits for it any more; does nothing to one that is done.
            boolean cancelled = call.cancel(true);
            assert !cancelled || call.isCancelled();
        }
    }
}
