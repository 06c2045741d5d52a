output "p" {
  value = "x"
  ephemeral = true
}
