locals {
  greeting = "%%{y}"
}

output "greeting" {
  value = templatestring(local.greeting, 1)
}
