package io.aios.example.springai;

import java.util.concurrent.atomic.AtomicInteger;
import org.springframework.ai.tool.annotation.Tool;
import org.springframework.ai.tool.annotation.ToolParam;

/** Ordinary Spring AI tools that know nothing of us; they count how often they really ran. */
final class HrTools {
    private final AtomicInteger ran = new AtomicInteger();

    @Tool(name = "leave_balance", description = "Days of leave an employee has left")
    String leaveBalance(@ToolParam(description = "employee id") String employee) {
        ran.incrementAndGet();
        return employee + " has 12 days left";
    }

    @Tool(name = "delete_employee", description = "Deletes an employee for good")
    String deleteEmployee(@ToolParam(description = "employee id") String employee) {
        ran.incrementAndGet();
        return employee + " deleted";
    }

    @Tool(name = "payroll", description = "Looks an employee up in the payroll")
    String payroll(@ToolParam(description = "employee id") String employee) {
        ran.incrementAndGet();
        throw new IllegalStateException("jdbc:postgresql://payroll?password=hunter2 does not know " + employee);
    }

    int ran() {
        return ran.get();
    }
}
