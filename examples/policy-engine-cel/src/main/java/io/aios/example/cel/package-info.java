/** A policy engine as a third party would write it: policies are CEL expressions over the request. */
@NullMarked
package io.aios.example.cel;

import org.jspecify.annotations.NullMarked;
