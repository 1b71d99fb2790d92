package io.aios.example.cel;

import io.aios.policy.JsonValues;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Speaks just enough HTTP to stand in for an OPA server, and to answer a question with any bytes, late, or not at all. */
final class RawServer implements AutoCloseable {
    /** What happens on the socket when a question comes. */
    interface Reply {
        void to(Socket socket) throws IOException, InterruptedException;
    }

    private static final String TREE = "{\"package\":{\"path\":[{\"type\":\"var\",\"value\":\"data\"},"
            + "{\"type\":\"string\",\"value\":\"tenants\"},{\"type\":\"string\",\"value\":\"acme\"},"
            + "{\"type\":\"string\",\"value\":\"pay\"}]},\"rules\":[]}";

    private final ServerSocket server;
    private final Map<String, String> policies = new ConcurrentHashMap<>();
    private volatile String planted = "";
    private volatile Reply reply = json("{\"result\":{\"allow\":true}}");

    RawServer() {
        try {
            server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Thread acceptor = new Thread(this::accept, "raw-server");
        acceptor.setDaemon(true);
        acceptor.start();
    }

    String url() {
        return "http://127.0.0.1:" + server.getLocalPort();
    }

    /** Puts a module of somebody else into package tenants.acme.pay; none when empty. */
    void plant(String rego) {
        planted = rego.isEmpty()
                ? ""
                : "{\"id\":\"aios/other/evil\",\"raw\":" + JsonValues.canonical(rego) + ",\"ast\":" + TREE + "}";
    }

    void reply(Reply how) {
        reply = how;
    }

    static Reply json(String body) {
        return http(200, "application/json", body.getBytes(StandardCharsets.UTF_8));
    }

    static Reply status(int status) {
        return http(status, "application/json", "{\"result\":{\"allow\":true}}".getBytes(StandardCharsets.UTF_8));
    }

    static Reply http(int status, String type, byte[] body) {
        return socket -> {
            String head = "HTTP/1.1 " + status + " x\r\nContent-Type: " + type + "\r\nContent-Length: " + body.length
                    + (status == 301 ? "\r\nLocation: /elsewhere" : "") + "\r\nConnection: close\r\n\r\n";
            socket.getOutputStream().write(head.getBytes(StandardCharsets.ISO_8859_1));
            socket.getOutputStream().write(body);
        };
    }

    private void accept() {
        while (!server.isClosed()) {
            try {
                Socket socket = server.accept();
                Thread thread = new Thread(() -> serve(socket), "raw-server-call");
                thread.setDaemon(true);
                thread.start();
            } catch (IOException e) {
                return;
            }
        }
    }

    private void serve(Socket socket) {
        try (socket) {
            InputStream in = socket.getInputStream();
            String head = head(in);
            String[] line = head.split(" ", 3);
            String lower = head.toLowerCase(Locale.ROOT);
            int length = lower.contains("content-length: ")
                    ? Integer.parseInt(lower.replaceAll("(?s).*content-length: (\\d+).*", "$1"))
                    : 0;
            String body = new String(in.readNBytes(length), StandardCharsets.UTF_8);
            switch (line[0]) {
                case "PUT" -> {
                    policies.put(line[1], body);
                    json("{}").to(socket);
                }
                case "GET" ->
                    json(line[1].equals("/v1/policies")
                                    ? "{\"result\":[" + planted + "]}"
                                    : "{\"result\":{\"raw\":" + JsonValues.canonical(policies.getOrDefault(line[1], ""))
                                            + ",\"ast\":" + TREE + "}}")
                            .to(socket);
                case "DELETE" -> json("{}").to(socket);
                default -> reply.to(socket);
            }
        } catch (IOException e) {
            // The client hung up: some faults make it do so.
            return;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static String head(InputStream in) throws IOException {
        ByteArrayOutputStream head = new ByteArrayOutputStream();
        int last = 0;
        for (int next = in.read(); next >= 0; next = in.read()) {
            head.write(next);
            last = (last << 8) | next;
            if (last == 0x0d0a0d0a) {
                break;
            }
        }
        return head.toString(StandardCharsets.ISO_8859_1);
    }

    @Override
    public void close() {
        try {
            server.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
