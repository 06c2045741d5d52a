locals {
  text = "12,x"
}
output "n" { value = tonumber(split(",", local.text)[1]) }
