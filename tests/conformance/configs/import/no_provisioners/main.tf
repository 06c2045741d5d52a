resource "terraform_data" "a" { 
  provisioner "local-exec" { command = "echo ran > ran.txt" }
}
import {
  to = terraform_data.a
  id = "x"
}
