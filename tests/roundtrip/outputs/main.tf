resource "terraform_data" "rewritten" {}

resource "terraform_data" "source" {
  input = "x"
}

output "string" { value = "text with \"quotes\", ünïcode, <html> & new\nlines" }
output "empty" { value = "" }
output "bool" { value = true }
output "whole" { value = 42 }
output "negative" { value = -0.5 }
output "large" { value = 12345678901234567890 }
output "precise" { value = 0.1 }
output "tiny" { value = 1e-7 }
output "huge" { value = 1e21 }
output "list" { value = tolist(["b", "a", "b"]) }
output "set" { value = toset(["b", "a"]) }
output "map" { value = tomap({ b = 1, a = 2 }) }
output "tuple" { value = ["a", 1, true, null] }
output "object" { value = { a = 1, "b c" = [{}, []], n = null } }
output "empty_list" { value = tolist([]) }
output "empty_map" { value = {} }
output "list_of_objects" { value = [for i in range(2) : { i = i, s = tostring(i) }] }
output "set_of_objects" { value = toset([{ a = 1 }, { a = 2 }]) }
output "nested" { value = { a = tomap({ b = tolist([toset([1, 2])]) }) } }
output "null" { value = null }
output "secret" {
  value     = { a = "hidden" }
  sensitive = true
}
output "computed" { value = terraform_data.source.id }
output "described" {
  value       = terraform_data.source.output
  description = "What was put in."
}
