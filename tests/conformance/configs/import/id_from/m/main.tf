output "o" { value = "mo" }
