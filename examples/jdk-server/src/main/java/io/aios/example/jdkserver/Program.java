package io.aios.example.jdkserver;

import io.aios.tenancy.OrgId;
import java.io.IOException;
import java.io.PrintStream;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;

/** Starts the service and sends it a few requests; with {@code --serve} it stays for yours. */
public final class Program {
    private static final String TEXT = "I need to request FMLA leave for medical treatment";

    private Program() {}

    public static void main(String[] args) throws IOException, InterruptedException {
        PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
        try (House house = House.open()) {
            if (List.of(args).contains("--serve")) {
                serve(house, out);
            } else {
                show(house, out);
            }
        }
    }

    private static void show(House house, PrintStream out) throws IOException, InterruptedException {
        String cleveland = house.tokens().issue("emp-1", Duration.ofHours(1), "cleveland-gov");
        String dayton = house.tokens().issue("emp-2", Duration.ofHours(1), "dayton-gov");
        out.println("cleveland-gov POST /decisions  " + send(decision(house, cleveland)));
        out.println("cleveland-gov GET  /decisions  " + send(list(house, cleveland)));
        out.println("dayton-gov    GET  /decisions  " + send(list(house, dayton)));
        out.println("dayton-gov    X-Tenant-ID: cleveland-gov  "
                + send(list(house, dayton).header("X-Tenant-ID", "cleveland-gov")));
        out.println("nobody        GET  /decisions  " + send(list(house, "Bearer forged.token")));
        out.println("audit wall    " + house.reader().verify(OrgId.of("cleveland-gov")));
    }

    private static void serve(House house, PrintStream out) throws IOException {
        String token = house.tokens().issue("emp-1", Duration.ofHours(1), "cleveland-gov");
        out.println("curl -H 'Authorization: " + token + "' -d '" + TEXT + "' "
                + house.service().uri("/decisions"));
        out.println("Press Enter to stop.");
        var unused = System.in.read();
    }

    private static HttpRequest.Builder decision(House house, String token) {
        return list(house, token).POST(HttpRequest.BodyPublishers.ofString(TEXT));
    }

    private static HttpRequest.Builder list(House house, String token) {
        return HttpRequest.newBuilder(house.service().uri("/decisions")).header("Authorization", token);
    }

    private static String send(HttpRequest.Builder request) throws IOException, InterruptedException {
        var response = HttpClient.newHttpClient().send(request.build(), BodyHandlers.ofString());
        return response.statusCode() + " " + response.body();
    }
}
