package io.aios.policy.opa;

import io.aios.policy.EngineUnavailableException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.regex.Pattern;

/** Addresses: the server's, and paths on it that are encoded segment by segment. */
final class OpaUrl {
    /** Looks up the addresses of a name. */
    interface Resolver {
        InetAddress[] resolve(String name) throws UnknownHostException;
    }

    private static final Pattern LOOPBACK =
            Pattern.compile("localhost|127\\.\\d{1,3}\\.\\d{1,3}\\.\\d{1,3}|\\[(::1|0:0:0:0:0:0:0:1)]");
    private static final Pattern BASE_PATH = Pattern.compile("(/[A-Za-z0-9][A-Za-z0-9._-]*)*/?");
    private static final String UNRESERVED = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~";
    private static final String HEX = "0123456789ABCDEF";

    private OpaUrl() {}

    static URI parse(String text) {
        return parse(text, InetAddress::getAllByName);
    }

    /** The server's address; the name {@code localhost} is looked up here, once, and never again at a connect. */
    static URI parse(String text, Resolver resolver) {
        try {
            URI url = new URI(text);
            boolean https = "https".equals(url.getScheme());
            boolean local = "http".equals(url.getScheme())
                    && url.getHost() != null
                    && LOOPBACK.matcher(url.getHost()).matches();
            boolean plain = url.getHost() != null
                    && url.getRawUserInfo() == null
                    && url.getRawQuery() == null
                    && url.getRawFragment() == null
                    && BASE_PATH.matcher(url.getRawPath()).matches();
            if (plain && (https || local)) {
                String path = url.getRawPath();
                String authority = local && "localhost".equals(url.getHost())
                        ? literal(resolver) + (url.getPort() < 0 ? "" : ":" + url.getPort())
                        : url.getRawAuthority();
                return new URI(url.getScheme() + "://" + authority
                        + (path.endsWith("/") ? path.substring(0, path.length() - 1) : path));
            }
        } catch (URISyntaxException e) {
            throw new EngineUnavailableException(OpaEngineProvider.ID, "setting url is no URL", e);
        }
        throw new EngineUnavailableException(
                OpaEngineProvider.ID,
                "setting url must be https://host[:port][/path], or http:// to a loopback address, without user, query "
                        + "or fragment");
    }

    /** The loopback address that localhost stands for; a hosts file or a name server may claim another one. */
    private static String literal(Resolver resolver) {
        try {
            InetAddress[] addresses = resolver.resolve("localhost");
            for (InetAddress address : addresses) {
                if (!address.isLoopbackAddress()) {
                    throw new EngineUnavailableException(
                            OpaEngineProvider.ID, "setting url: localhost is no loopback address here; use https");
                }
            }
            InetAddress first = addresses[0];
            return first instanceof Inet6Address ? "[::1]" : first.getHostAddress();
        } catch (UnknownHostException e) {
            throw new EngineUnavailableException(OpaEngineProvider.ID, "setting url: localhost has no address", e);
        }
    }

    /** A path of these segments; one that could change the path's structure is refused, not encoded. */
    static String path(List<String> segments) {
        StringBuilder path = new StringBuilder();
        for (String segment : segments) {
            if (segment.isEmpty()
                    || segment.equals(".")
                    || segment.equals("..")
                    || segment.chars().anyMatch(c -> c == '/' || c == '\\' || c == '%' || c < 0x20 || c == 0x7f)) {
                throw new IllegalArgumentException(
                        "a path segment is empty, a dot segment, or holds a slash, a backslash, a percent sign or a control");
            }
            path.append('/');
            for (byte octet : segment.getBytes(StandardCharsets.UTF_8)) {
                if (octet > 0 && UNRESERVED.indexOf(octet) >= 0) {
                    path.append((char) octet);
                } else {
                    path.append('%').append(HEX.charAt((octet >> 4) & 15)).append(HEX.charAt(octet & 15));
                }
            }
        }
        return path.toString();
    }
}
