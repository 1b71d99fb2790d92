package io.aios.tenancy;

import java.math.BigDecimal;
import java.sql.Array;
import java.sql.Types;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Which parameters the driver sends with a type; for the others the server must be asked, which costs round trips. */
final class ParameterTypes {
    private static final Set<Integer> TYPED = Set.of(
            Types.VARCHAR,
            Types.CHAR,
            Types.LONGVARCHAR,
            Types.INTEGER,
            Types.BIGINT,
            Types.SMALLINT,
            Types.TINYINT,
            Types.BOOLEAN,
            Types.BIT,
            Types.NUMERIC,
            Types.DECIMAL,
            Types.REAL,
            Types.FLOAT,
            Types.DOUBLE,
            Types.BINARY,
            Types.VARBINARY,
            Types.LONGVARBINARY);
    private static final Set<String> TYPED_SETTERS = Set.of(
            "setBoolean",
            "setByte",
            "setShort",
            "setInt",
            "setLong",
            "setFloat",
            "setDouble",
            "setBigDecimal",
            "setBytes",
            "setArray");

    private ParameterTypes() {}

    static boolean isUntyped(String setter, @Nullable Object[] args, boolean textUntyped) {
        if (TYPED_SETTERS.contains(setter)) {
            return args[1] == null;
        }
        return switch (setter) {
            case "setString", "setNString" -> textUntyped || args[1] == null;
            case "setNull" -> args.length != 2 || !isTyped(args[1]);
            case "setObject" -> args.length == 2 ? !isTypedValue(args[1], textUntyped) : !isTyped(args[2]);
            default -> true;
        };
    }

    private static boolean isTyped(@Nullable Object sqlType) {
        return sqlType instanceof Integer type && TYPED.contains(type);
    }

    private static boolean isTypedValue(@Nullable Object value, boolean textUntyped) {
        return (value instanceof String && !textUntyped)
                || value instanceof UUID
                || value instanceof Long
                || value instanceof Integer
                || value instanceof Short
                || value instanceof Boolean
                || value instanceof Double
                || value instanceof Float
                || value instanceof BigDecimal
                || value instanceof byte[]
                || value instanceof OffsetDateTime
                || value instanceof LocalDateTime
                || value instanceof LocalDate
                || value instanceof Array;
    }
}
