package io.aios.tenancy.postgres;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.concurrent.atomic.AtomicLong;

/** Stands between driver and server and counts how often the driver speaks after the server has spoken. */
public final class WireProxy implements AutoCloseable {
    private final ServerSocket listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    private final AtomicLong roundTrips = new AtomicLong();
    private final int target;

    public WireProxy(int target) throws IOException {
        this.target = target;
        daemon(this::accept);
    }

    public int port() {
        return listener.getLocalPort();
    }

    /** Round trips since the last call. */
    public long roundTrips() {
        return roundTrips.getAndSet(0);
    }

    private void accept() {
        while (!listener.isClosed()) {
            try {
                Socket client = listener.accept();
                Socket server = new Socket(InetAddress.getLoopbackAddress(), target);
                client.setTcpNoDelay(true);
                server.setTcpNoDelay(true);
                Turn turn = new Turn();
                daemon(() -> pump(client, server, turn, true));
                daemon(() -> pump(server, client, turn, false));
            } catch (IOException e) {
                return;
            }
        }
    }

    private static final class Turn {
        private boolean client;

        synchronized boolean take(boolean byClient) {
            boolean changed = client != byClient;
            client = byClient;
            return changed && byClient;
        }
    }

    private void pump(Socket from, Socket to, Turn turn, boolean client) {
        byte[] buffer = new byte[1 << 16];
        try (from;
                to) {
            InputStream in = from.getInputStream();
            OutputStream out = to.getOutputStream();
            for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
                if (turn.take(client)) {
                    roundTrips.incrementAndGet();
                }
                out.write(buffer, 0, n);
                out.flush();
            }
        } catch (IOException e) {
            // The other side hung up; so do we.
            return;
        }
    }

    private static void daemon(Runnable work) {
        Thread thread = new Thread(work, "wire-proxy");
        thread.setDaemon(true);
        thread.start();
    }

    @Override
    public void close() throws IOException {
        listener.close();
    }
}
