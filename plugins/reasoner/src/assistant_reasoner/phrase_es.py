"""What the reasoner says, in Spanish. Data only: see tongue.py for its form."""

from __future__ import annotations

from typing import Final

from assistant_reasoner.tongue import Tongue, rows

SPANISH: Final = Tongue(
    code="es",
    name="español",
    plurals=((r"z$", "ces"), (r"(s|x)$", r"\1"), (r"([aeiouáéó])$", r"\1s"), (r"$", "es")),
    repairs=(
        (r"\b((?:[Ll]os|[Ll]as)\u2060 [\w -]+?) es\b", r"\1 son"),
        (r"\b((?:[Ll]os|[Ll]as)\u2060 [\w -]+?) está\b", r"\1 están"),
        (r"\b((?:[Ll]os|[Ll]as)\u2060 [\w -]+?) (no )?están (?=más grande)", r"\1 \2son "),
        (r"\u2060", ""),
        (r"\bestá (?=más grande que)", "es "),
        (r"\bson más grande que", "son más grandes que"),
        (r"\buna (?=(?:agua|águila|ave)\b)", "un "),
        (r"\bla (?=(?:agua|águila|ave)\b)", "el "),
        (r"\bde el (?=\w)", "del "),
        (r"\ba el (?=\w)", "al "),
        (r" y (?=i|hi(?!e))", " e "),
        (r" +([,.;:!?])(?!\.)", r"\1"),
    ),
    listing=(", ", " y "),
    decimal=",",
    forms={
        "bare": "{n} {c}",
        "many": "{N} {C}",
        "a.m": "un {n} {c}",
        "a.f": "una {n} {c}",
        "a.p": "unos {N} {C}",
        "nom.m": "un {n} {c}",
        "nom.f": "una {n} {c}",
        "nom.p": "unos {N} {C}",
        "the.m": "el {n} {c}",
        "the.f": "la {n} {c}",
        "the.p": "los\u2060 {N} {C}",
        "the.q": "las\u2060 {N} {C}",
        "a.q": "unas {N} {C}",
        "nom.q": "unas {N} {C}",
        "no.q": "{N} {C}",
        "no.m": "ningún {n} {c}",
        "no.f": "ninguna {n} {c}",
        "no.p": "{N} {C}",
        "count": "{k} {N} {C}",
        "one": "1 {n} {c}",
        "one.q": "1 par de {N} {C}",
        "one.p": "1 par de {N} {C}",
    },
    colors=rows(
        """
red = rojo/roja/rojos/rojas
orange = naranja
yellow = amarillo/amarilla/amarillos/amarillas
green = verde/verde/verdes/verdes
blue = azul/azul/azules/azules
purple = morado/morada/morados/moradas
pink = rosa
brown = marrón/marrón/marrones/marrones
black = negro/negra/negros/negras
white = blanco/blanca/blancos/blancas
gray = gris/gris/grises/grises
teal = turquesa
beige = beige
"""
    ),
    places=rows(
        """
top left = arriba a la izquierda
top = arriba
top right = arriba a la derecha
left = a la izquierda
centre = en el centro
right = a la derecha
bottom left = abajo a la izquierda
bottom = abajo
bottom right = abajo a la derecha
foreground = en primer plano
background = al fondo
whole picture = en casi toda la imagen
"""
    ),
    relations=rows(
        """
left_of = a la izquierda de {x}
right_of = a la derecha de {x}
above = encima de {x}
below = debajo de {x}
inside = dentro de {x}
on = sobre {x}
next_to = al lado de {x}
touching = en contacto con {x}
far_from = lejos de {x}
in_front = delante de {x}
behind = detrás de {x}
bigger = más grande que {x}
edge = al borde de {x}
middle = en medio de {x}
surrounding = alrededor de {x}
contains = alrededor de {x}
outside = fuera de {x}
part_of = dentro del conjunto de {x}
has_part = formando un conjunto con {x}
across = enfrente de {x}
attached = en unión con {x}
apart = aparte de {x}
between = entre {x}
unjudged = en esa relación con {x}
"""
    ),
    words=rows(
        """
surfing = surf
skateboarding = monopatín
skiing = esquiar
snowboarding = snowboard
playing tennis = jugar al tenis
playing baseball = jugar al béisbol
playing frisbee = jugar al frisbee
flying kite = volar una cometa
riding = montar
eating = comer
talking on phone = hablar por teléfono
working = trabajar
reading = leer
walking = caminar
standing = estar de pie
sitting = estar sentado
Yes = Sí
Probably = Probablemente
No = No
Probably not = Probablemente no
yes = sí
no = no
true = verdadero
false = falso
none = ninguno
indoors = interior
outdoors = exterior
positive = positivo
negative = negativo
neutral = neutral
mixed = mixto
once = una vez
times = {k} veces
at = a los {time}
frame = , en el fotograma de {time}
picture = la imagen
video = el vídeo
recording = la grabación
picture_n = la imagen {k}
video_n = el vídeo {k}
recording_n = la grabación {k}
nearer = más cerca
farther = más lejos
brighter = más clara
darker = más oscura
sharper = más nítida
bigger = más grande
smaller = más pequeña
dark = oscura
bright = clara
landscape = horizontal
portrait = vertical
square = cuadrada
supported = coincide
contradicted = no coincide
unclear = no se puede saber
the speaker = la persona que habla
the text = el texto
the face = la cara
"""
    ),
    languages=rows(
        """
en = inglés
de = alemán
fr = francés
es = español
it = italiano
zh = chino
yue = cantonés
ja = japonés
ko = coreano
ru = ruso
pt = portugués
nl = neerlandés
ar = árabe
vi = vietnamita
pl = polaco
tr = turco
"""
    ),
    kinds=rows(
        """
object = los objetos
label = lo que muestra la imagen
shape = las formas
text_line = el texto escrito
color = los colores
face = las caras
transcript = lo que se dice
transcript_segment = lo que se dice
sentiment = el sentimiento
image_facts = el tamaño y la nitidez
video_facts = la duración
language = el idioma
caption = una descripción
keyword = las palabras clave
no_speech = si alguien habla
"""
    ),
    sentences=rows(
        """
concept_yes_zero-shot = {lead:word}: no he buscado {things} directamente, pero la imagen en conjunto parece mostrarlo
    ({sure} de seguridad).
concept_no_zero-shot = {lead:word}: no he buscado {things} directamente, pero la imagen en conjunto no parece
    mostrarlo ({sure} de seguridad).
concept_yes_company = {lead:word}: no he buscado {things} directamente, pero suele ir con lo que veo ({sure} de
    seguridad).
concept_no_company = {lead:word}: no he buscado {things} directamente, pero rara vez va con lo que veo ({sure} de
    seguridad).
concept_yes_seen = {lead:word}: lo que he percibido habla a favor de {things} ({sure} de seguridad).
concept_no_seen = {lead:word}: he mirado, y lo que he percibido habla en contra de {things} ({sure} de seguridad).
concept_doubt = lo que he percibido no permite decir si hay {things}
guess = Mi mejor suposición sería {short}, con {sure}.
guess_blind = A ciegas diría {short}, con {sure}.
unjudged = Si de verdad es {words}, no lo puedo juzgar.
has_color_all_yes = Sí, es el color de los {count}: {color} ({sure} de seguridad).
has_color_all_no = No, {count} de {total} son de otro color ({sure} de seguridad).
stands_doubt = los recuadros no permiten decidirlo
extreme_equal = En la imagen parece igual ({sure} de seguridad).
extreme_note = Es el tamaño en la imagen, no el real.
value = Junto a {name} pone {value}.
value_alone = Pone {value}.
value_others = Otras lecturas posibles: {list}.
brightness = El brillo medio es {value} de 100.
blurred_yes = Sí, parece borrosa (nitidez {value} de 100).
blurred_no = No, parece bastante nítida (nitidez {value} de 100).
sharp_yes = Sí, parece nítida (nitidez {value} de 100).
sharp_no = No, parece borrosa (nitidez {value} de 100).
gray_yes = Está en blanco y negro.
gray_no = Está en color.
orientation = {width} x {height} píxeles.
pictures_yes = Sí, por lo que veo ({sure} de seguridad).
pictures_no = No, por lo que veo ({sure} de seguridad).
pictures_doubt = lo que veo en las imágenes no permite decidirlo
closest_somewhere = en la imagen
wearing = No distingo la ropa.
material = No sé juzgar los materiales.
praise = ¡Gracias! Todo lo que he dicho se puede comprobar con las pruebas mostradas.
blame = Puedo equivocarme: mis respuestas valen lo que vale lo percibido.
missed = Lo que no he podido percibir: {list}.
yes_one = Sí, veo {thing} {where} ({sure} de seguridad).
yes_many = Sí, veo {things}; lo más claro está {where} ({sure} de seguridad).
yes_seen = Sí, veo {things} ({sure} de seguridad).
probably_one = Probablemente: algo {where} parece {thing}, pero solo con {sure} de seguridad.
yes_label = Probablemente sí: la imagen en conjunto muestra {label} ({sure}).
follows_yes = Probablemente: no reconozco {things} directamente, pero parece {place}: veo {seen}.
follows_no = Probablemente no: no reconozco {things} directamente, pero parece {place}: veo {seen}.
yes_text = Sí, como texto: se lee {text}.
no = No, no veo {no_thing}.
no_sure = Seguridad aproximada: {sure}; las cosas pequeñas se me pueden escapar.
no_shape = No, entre las formas dibujadas no veo {no_thing}.
no_almost = Lo más parecido es {thing} {where}, con solo {sure}.
not_color = Sí veo {things}, pero de color {color}.
true_none = Correcto, no veo {no_thing}.
no_but = Sí que hay: veo {thing} {where} ({sure} de seguridad).
number_yes = Sí, cuento {things}.
number_no = No, cuento {things}.
count_one = Cuento {thing:one}, {where} ({sure} de seguridad).
count_many = Cuento {things} ({sure} de seguridad).
count_least = Cuento al menos {things} ({sure} de seguridad); el número exacto es difícil de decir.
count_none = Cero: no veo {no_thing} ({sure} de seguridad).
count_possible = Puede haber {more} más, con menos seguridad.
count_crowd = En una multitud se me escapan algunos; tómelo como mínimo.
count_total = En total: {things}.
placed = Posición: {places}.
color = {thing:the} es {color:thing} ({sure} de seguridad).
color_mixed = {thing:the} es sobre todo {color:thing}, con algo de {others} ({sure} de seguridad).
colors_each = Veo {list}.
colors_picture = Los colores principales son: {list}.
has_color_yes = Sí, {thing:the} es {color:thing} ({sure} de seguridad).
has_color_no = No, {thing:the} es más bien {actual:thing} que {color:thing} ({sure} de seguridad).
where_one = {thing:the} está {where} ({sure} de seguridad).
where_many = Veo {things}: {places}.
in_region_yes = Sí, {thing:the} está {where} ({sure} de seguridad).
in_region_no = No, {thing:the} está {where} ({sure} de seguridad).
stands_yes = Sí, según los recuadros {subject:the} está {relation:anchor} ({sure} de seguridad).
stands_no = No, según los recuadros {subject:the} no está {relation:anchor} ({sure} de seguridad).
stands_at = {subject:the} está {first}, {anchor:the} {second}.
unjudged_relation = los recuadros con los que trabajo no muestran esa relación
extreme = En la imagen es {thing:the}: {share} de la imagen, frente a {others} ({sure} de seguridad).
related_none = Ahí no reconozco nada.
what = Parece {thing} ({sure} de seguridad).
what_list = Veo {list}.
what_label = Podría ser {thing} ({sure}); no es seguro.
what_closer = Más en concreto, parece {label} ({sure}).
what_kind_only = Reconozco {thing}, pero no de qué tipo.
is_a_yes = Sí, parece {thing} ({sure} de seguridad).
is_a_no = No, parece {actual} más que {thing} ({sure} de seguridad).
region_none = No reconozco nada {where}.
describe = {caption}
describe_in = {name}: {caption}
describe_video = El vídeo muestra {list}.
describe_reads = El texto dice {text}.
describe_nothing = No he reconocido nada en {name}.
place = Parece {place} ({sure} de seguridad): veo {list}.
place_hint = Puede ser {place}, pero solo con {sure} de seguridad: veo {list}.
place_yes = Sí, parece {place} ({sure} de seguridad): veo {list}.
place_no = No, parece {actual} más que {place} ({sure} de seguridad): veo {list}.
read = Pone: {text}.
read_on = En {holder:the} pone: {text}.
read_sure = Seguridad de la lectura: {sure}.
read_none = No he encontrado texto en {name}.
read_yes = Sí, hay texto: {text}.
read_word_yes = Sí, leo {text} {where} ({sure} de seguridad).
read_word_no = No, ahí no leo {text}. Leo {read}.
read_word_none = No, no he encontrado texto en {name}, así que tampoco {text}.
read_numbers = Leo el número {text} ({sure} de seguridad).
read_no_numbers = Ahí no leo ningún número.
size = Mide {width} x {height} píxeles.
video_length = El vídeo dura {seconds}.
said = He oído: {text}.
said_in = En {name} he oído: {text}.
said_language = Está en {language} ({sure} de seguridad).
said_sure = Seguridad de las palabras: {sure}.
said_none = No he oído a nadie hablar en {name}.
said_about = Sobre {topic} se dice: {list}
said_about_none = No he oído nada sobre {topic}.
said_yes = Sí, {topic} se menciona {count}: {list}
said_no = No, no he oído {topic}.
said_when = {topic} se dice {times}.
said_when_in = La frase: {text}.
said_times = {topic} se dice {count}.
said_speech_yes = Sí, he oído hablar: {text}.
said_speech_no = No, no he oído a nadie hablar.
said_length = {name} dura {seconds}.
said_at = En ese momento he oído: {list}.
said_at_none = En ese momento no he oído a nadie hablar.
said_nearest = Lo más cercano: {list}.
said_first = Las primeras palabras son {text} ({time}).
said_last = Las últimas palabras son {text} ({time}).
said_summary = En resumen: {list}.
said_numbers = He oído estos números: {list}.
said_names = He oído estos nombres: {list}.
said_prices = He oído estos precios: {list}.
said_dates = He oído estas fechas u horas: {list}.
said_found_none = No he oído nada así.
said_longer = Se habla más tiempo en {name}: {seconds}, frente a {others}.
said_one_speaker = Dentro de una grabación no distingo las voces.
said_related = Probablemente, con otras palabras: {list} ({sure} de seguridad).
said_after = Después de {topic} he oído: {list}.
said_before = Antes de {topic} he oído: {list}.
said_after_none = Entonces no se dice nada más.
said_while = Mientras se ve {thing:the}, he oído: {list}.
said_while_none = Mientras se ve {thing:the}, no he oído a nadie hablar.
language = Es {language} ({sure} de seguridad).
language_no = No, suena a {language} ({sure} de seguridad).
language_yes = Sí, es {language} ({sure} de seguridad).
speakers_one = Oigo hablar a una sola persona (seguridad: {sure}).
speaker_says = Voz {k} ({time}): {text}
voices_apart = Distingo {count} voces, pero no sé de quién son (seguridad: {sure}).
turns_more = Se omite el resto, a partir de {time} (intervenciones: {count}).
who_speaks = No puedo decir quién habla: reconozco palabras, no voces.
feels = {subject:word} da una impresión: {feeling} ({sure} de seguridad).
feels_yes = Sí, la impresión es: {feeling} ({sure} de seguridad).
feels_no = No, la impresión es: {feeling} ({sure} de seguridad).
feels_quote = El pasaje más fuerte: {text} ({feeling}).
feels_words_only = Solo se han juzgado las palabras, no la voz ni una cara.
compare_only = Solo en {name}: {list}.
compare_both = En las dos: {list}.
compare_count = {name}: {list}.
compare_light = {name} es {word:word} que {other}.
compare_same_bytes = Es exactamente la misma imagen.
shared_none = En lo que reconozco no hay nada así.
compare_alike = No veo diferencias en lo que reconozco.
compare_differ = No, son diferentes.
compare_need_two = Para comparar necesito dos imágenes; tengo {count}.
compare_which = {name}: {why}.
compare_none = Ninguna de las dos: no veo {no_thing}.
compare_equal = En eso son iguales.
choose = {option:thing}: {why}
choose_guess = De estas opciones, {option:thing} encaja mejor, pero solo con {sure} de seguridad.
appears = {thing:the} se ve a los {times} ({sure} de seguridad).
appears_note = He mirado {count} fotogramas; el momento exacto puede estar entre ellos.
video_seen = Veo {thing} en {count} de los {total} fotogramas mirados, primero a los {first}, por última vez a los
    {last} ({sure} de seguridad).
video_enters = Aparece entre los {low} y los {high}.
video_leaves = Desaparece entre los {low} y los {high}.
video_start = Ya se ve en el primer fotograma mirado.
video_end = Todavía se ve en el último fotograma mirado.
video_lasts = Se ve al menos {least} y como mucho {most}.
video_most = Como mucho {things} a la vez, {where} ({sure} de seguridad).
video_shows = {time}: veo {list}
video_says = {time}: oigo {text}
video_new = Nuevo al final: {list}.
video_gone = Ya no está al final: {list}.
video_same = Entre el principio y el final no veo cambios en lo que reconozco.
agree_yes = Sí, hasta donde puedo comprobarlo coincide ({sure} de seguridad).
agree_no = No, no coincide ({sure} de seguridad).
agree_unclear = Con lo que he percibido no puedo comprobarlo.
agree_supported = {claim}: coincide, veo {seen}.
agree_contradicted = {claim}: no coincide, veo {seen}.
agree_unknown = {claim}: no se puede saber.
agree_reads = {claim}: también está escrito, {seen}.
about_which = {name} es la que mejor encaja ({sure} de seguridad): {list}.
about_which_none = Ninguna imagen encaja claramente con lo que se dice.
same_place_yes = Probablemente el mismo tipo de lugar, {place} ({sure} de seguridad). Si es exactamente el mismo
    lugar, no lo puedo decir.
same_place_no = Probablemente no: {name} parece {place}, {other} más bien {second} ({sure} de seguridad).
cannot = No lo puedo decir por lo que he percibido: {reason}.
cannot_see = No puedo decir si hay {thing}: {reason}.
unknown_class = ninguno de los plugins instalados reconoce {things} en imágenes
not_found = no he encontrado {no_thing} en {name}
no_plugin = ningún plugin instalado ofrece: {what}
not_perceived = no se ha percibido en {name}: {what}
do_see = Lo que sí veo: {caption}
no_picture = Todavía no hay ninguna imagen. Envíe una (JPEG, PNG, WebP, ...) y pregunte otra vez.
no_recording = Todavía no hay ninguna grabación. Envíe un mensaje de voz o un archivo de audio y pregunte otra vez.
no_video = Todavía no hay ningún vídeo. Envíe uno y pregunte otra vez.
no_such_picture = No hay imagen número {index}; tengo {count}.
who = No puedo decir quién es: reconozco personas, no su identidad.
activity = Reconozco cosas, no acciones, así que no puedo decir qué se hace.
why = No puedo decir por qué: percibo lo que hay, no las razones.
age = No sé estimar edades.
gender = No puedo decir si es hombre o mujer.
weather = No sé juzgar el tiempo que hace.
time = Una imagen no me dice ni la hora ni la estación.
price = No sé precios, salvo que estén escritos en la imagen.
sound_only = Reconozco el habla, no otros sonidos.
feeling = No sé juzgar estados de ánimo en una imagen.
emotion = No sé leer sentimientos en una cara.
unknown = No lo he entendido como una pregunta sobre lo que ha enviado.
world = Solo respondo sobre lo que me envía, no sobre el mundo en general.
voice_message = el mensaje de voz
remark = Si era una pregunta, no la he entendido.
closest_heard = El pasaje más cercano que he oído: {text} ({time}).
closest_read = El pasaje más cercano que he leído: {text} ({where}).
closest_sure = Lo cito porque habla de lo mismo; la seguridad de que responda es {sure}.
greeting = ¡Hola! Envíeme una imagen, un mensaje de voz o un vídeo y pregúnteme.
greeting_files = ¡Hola! Pregúnteme lo que quiera sobre lo que ha enviado.
greeting_again = ¡Hola otra vez! Pregúnteme lo que quiera sobre lo que ha enviado.
thanks = ¡De nada!
goodbye = ¡Hasta luego!
acknowledge = De acuerdo.
mood = Estoy bien, gracias. ¿Qué miro o escucho?
identity = Soy Sensorium, un programa que percibe lo que envía y responde con las pruebas. No soy una persona.
capabilities = Respondo preguntas sobre lo que me envía, según lo que percibo, y muestro las pruebas.
can_ask = Pregunte por ejemplo: «¿Qué hay en la imagen?», «¿Cuántas personas hay?», «¿De qué color es el coche?»,
    «¿Qué pone?», «¿Qué han dicho?»
evidence = Me baso en esto: {list}.
evidence_none = No he percibido nada que lo indique, y en eso se basa mi respuesta.
evidence_sure = En conjunto la seguridad es {sure}.
unasked = Todavía no le he dicho nada de lo que pudiera estar seguro.
attached_text = Ha enviado un texto. Pregúnteme sobre él.
nothing_perceived = No he podido percibir nada en lo que ha enviado: {reason}.
pictures = Ha enviado {list}.
alike_yes = Sí, los dos tienen el mismo color, {color}: {first:the} y {second:the} ({sure} de seguridad).
alike_no = No: {first:the} es {color:first}, {second:the} es {other:second} ({sure} de seguridad).
class_only = Reconozco {name}, pero no puedo decir si se trata precisamente de “{words}”.
people_only = Reconozco personas, pero no si son “{words}”.
color_worn = No distingo esa prenda por separado; los colores de {thing:the} son sobre todo: {list}.
cannot_much = Por ahora no hay instalado ningún plugin que perciba imágenes o sonido.
choose_nothing = nada de lo que he percibido habla a favor de una de estas opciones: {list}
choose_doubt = nada de lo que he percibido habla claramente a favor de una de estas opciones: {list}
depth = {thing:the} parece estar {how:word} ({sure} de seguridad): lo juzgo por el tamaño y la altura en la imagen.
nearer = En la imagen, {thing:the} es lo que está más cerca de {subject:the} ({sure} de seguridad).
place_nothing = no veo nada que sea típico de un lugar
drawn_yes = Sí, coincide con el dibujo; me baso en esto: {list}.
drawn_no = No, no coincide con el dibujo; me baso en esto: {list}.
drawn_none = {verdict}: nada más del dibujo tiene que ver con eso; veo {list}.
drawn_unread = no he entendido toda la frase sobre el dibujo
feels_because = Es un juicio de conjunto sobre las palabras, la voz y la cara, según lo que haya.
quality = Nitidez {sharpness}, brillo {brightness}, contraste {contrast} de 100.
read_after = Después de {line} viene {text}.
read_before = Antes de {line} viene {text}.
read_brand = El nombre que destaca es {text}.
read_lines = Leo {count}.
read_title = El texto más grande dice: {text}.
read_nth = Ahí pone {text}.
read_no_line = no leo {text} en ninguna parte
read_too_few = solo leo {count}
said_quote = {text} ({time})
unknown_hint = Puede preguntar, por ejemplo: qué hay en la imagen, cuántos perros hay, de qué color es el coche, qué
    pone o qué han dicho.
value_none = no leo nada así ({what}{name})
value_price = precio
value_time = hora
value_date = fecha
value_phone = número de teléfono
value_email = correo electrónico
value_url = dirección web
value_percent = porcentaje
value_number = número
value_address = dirección
value_text = texto
value_any = valor
where_beside = Está {relation:other}.
asked_many = {what}: {list}, {sure} de seguridad.
asked_yes = Sí: {list}, {sure} de seguridad.
asked_no = No: {list}, {sure} de seguridad.
asked_count = {count}: {list}, {sure} de seguridad.
asked_none = Se ha buscado y no se ha encontrado nada ({what}, {where}).
example = Lo guardo como ejemplo para los que aprenden con ejemplos, como los modelos de lenguaje; mis propias
    respuestas las calculo.
"""
    ),
)
