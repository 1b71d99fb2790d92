/**
 * Spring AI agents whose tools go through our executors: blocked in a simulation, asked about and recorded in a real run.
 * {@link io.aios.example.springai.GovernedToolCallingManager} is the whole adapter.
 */
@NullMarked
package io.aios.example.springai;

import org.jspecify.annotations.NullMarked;
