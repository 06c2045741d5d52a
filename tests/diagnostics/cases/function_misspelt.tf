output "x" { value = uppercase("a") }
output "y" { value = legnth([1]) }
