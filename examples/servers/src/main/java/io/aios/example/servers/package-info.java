/**
 * What example programs need to have a house around them: embedded PostgreSQL with a host's roles, and signed tokens.
 * Start at {@link io.aios.example.servers.PostgresServer}. Not for production: a host has servers and sign-in of its own.
 */
@NullMarked
package io.aios.example.servers;

import org.jspecify.annotations.NullMarked;
