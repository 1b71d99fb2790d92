package io.aios.example.springboot;

import io.aios.example.servers.PostgresServer;
import io.aios.example.servers.Tokens;
import java.io.IOException;
import java.io.PrintStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.springframework.boot.SpringApplication;
import org.springframework.context.ConfigurableApplicationContext;

/** Starts the application on two PostgreSQL servers, sends it a few requests, and stops it. */
public final class Program {
    private Program() {}

    public static void main(String[] args) throws IOException, InterruptedException {
        PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
        try (PostgresServer primary = PostgresServer.start();
                PostgresServer wall = PostgresServer.start();
                ConfigurableApplicationContext application = start(Databases.install(primary, wall))) {
            Tokens tokens = application.getBean(Tokens.class);
            String cleveland = tokens.issue("emp-1", Duration.ofHours(1), "cleveland-gov");
            String dayton = tokens.issue("emp-2", Duration.ofHours(1), "dayton-gov");
            HttpRequest.Builder put = request(application, "/agents/hr_agent", cleveland)
                    .PUT(BodyPublishers.ofString("answers questions about leave"));
            out.println("cleveland-gov PUT  /agents/hr_agent                    " + send(put));
            out.println("cleveland-gov GET  /agents                             "
                    + send(request(application, "/agents", cleveland)));
            out.println("dayton-gov    GET  /agents                             "
                    + send(request(application, "/agents", dayton)));
            for (String tool : new String[] {"kb_search", "drop_table"}) {
                HttpRequest.Builder ask = request(application, "/agents/hr_agent/tools/" + tool, cleveland)
                        .header("Content-Type", "application/json")
                        .POST(BodyPublishers.ofString("{\"query\": \"leave\"}"));
                out.printf("cleveland-gov POST /agents/hr_agent/tools/%-12s %s%n", tool, send(ask));
            }
            out.println("GET /actuator/health " + send(request(application, "/actuator/health", "")));
        }
    }

    /** Starts the application on a free port of loopback. */
    static ConfigurableApplicationContext start(Databases databases) {
        SpringApplication application = new SpringApplication(Beans.class);
        application.addInitializers(context -> context.getBeanFactory().registerSingleton("databases", databases));
        return application.run("--server.port=0");
    }

    static HttpRequest.Builder request(ConfigurableApplicationContext application, String path, String token) {
        String port = application.getEnvironment().getRequiredProperty("local.server.port");
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path));
        return token.isEmpty() ? request : request.header("Authorization", token);
    }

    private static String send(HttpRequest.Builder request) throws IOException, InterruptedException {
        var response = HttpClient.newHttpClient().send(request.build(), BodyHandlers.ofString());
        return response.statusCode() + " " + response.body();
    }
}
