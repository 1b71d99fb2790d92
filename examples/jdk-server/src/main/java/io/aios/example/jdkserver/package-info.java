/**
 * The HTTP server of the JDK with a tenant per request: {@link io.aios.example.jdkserver.TenantHttpFilter} is all a server
 * without servlets needs, {@link io.aios.example.jdkserver.Decisions} decides, traces, stores and chains.
 */
@NullMarked
package io.aios.example.jdkserver;

import org.jspecify.annotations.NullMarked;
