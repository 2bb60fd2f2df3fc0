"""How questions are asked in Spanish. Data only: see grammar.py for its form."""

from __future__ import annotations

from typing import Final

from assistant_reasoner.grammar import Grammar

SPANISH: Final = Grammar(
    code="es",
    function_words="""muchas muchos muy
        pues entonces
        el la los las un una unos unas de del al y o que qué quién quiénes cuál cuáles dónde cuánto cuánta
        cuántos cuántas cómo cuándo por para con sin en es son está están hay se ve ves ven esto esta este estos estas
        eso su sus mi hola gracias adiós buenos buenas días tardes noches dice dicen dijo dijeron ha han dicho puedes
        puede describe lee muestra foto imagen vídeo color izquierda derecha detrás delante debajo encima sobre entre
        lado pone escrito habla hablan grabación más menos qué sí seguro también otra segunda primera transcribe resume
        cada todo todos tiene tienen hace algún alguna""",
    lexicon="""
article = un, una, unos, unas, de, algún, alguna, algunos, algunas, varios, varias
the = el, la, los, las, este, esta, estos, estas, ese, esa, mi, su, del
no = ningún, ninguna, ningunos, ningunas
number 1 = 1
number 2 = dos
number 3 = tres
number 4 = cuatro
number 5 = cinco
number 6 = seis
number 7 = siete
number 8 = ocho
number 9 = nueve
number 10 = diez
least at least = al menos, por lo menos
least at most = como mucho, como máximo
least exactly = exactamente
least more than = más de
least fewer than = menos de
size big = grande, grandes, gran
size small = pequeño, pequeña, pequeños, pequeñas
size biggest = más grande
size smallest = más pequeño, más pequeña
color brown = café, castaño, pardo
color orange = anaranjado, anaranjada
color pink = rosado, rosada
color purple = violeta, lila, púrpura
color teal = cian
color beige = crema
color gray = plateado, plateada
color yellow = dorado, dorada
relation left of = a la izquierda de, a la izquierda del
relation right of = a la derecha de, a la derecha del
relation next to = al lado de, al lado del, junto a, junto al, cerca de, cerca del
relation in front of = delante de, delante del, enfrente de, enfrente del
relation behind = detrás de, detrás del
relation under = debajo de, debajo del, bajo
relation above = encima de, encima del, por encima de
relation on = sobre, en
relation in = dentro de, dentro del
relation far from = lejos de, lejos del
relation touching = tocando, toca
region on the left = a la izquierda, en la izquierda, en el lado izquierdo, de la izquierda
region on the right = a la derecha, en la derecha, en el lado derecho, de la derecha
region at the top = arriba, en la parte superior
region at the bottom = abajo, en la parte inferior
region in the center = en el centro, en medio, en el medio
region in the background = al fondo, en el fondo
region in the foreground = en primer plano
pronoun it = él, ella, ello, esto, eso
pronoun they = ellos, ellas
join and = y, e
join or = o, u
drop = aquí, ahí, allí, visible, visibles, presente, que está, que están
""",
    macros="""
each = ((?:cuantos|cuantas|cuántos|cuántas) )(.+?) (?:y|e) (?:(?:cuantos|cuantas|cuántos|cuántas) )?(.+?)((?:
    (?:hay|ves|se ven|en).*)?)
asks = (?:cuantos|cuantas|cuanto|cuando|quien|que|cual|de que|donde|hay|es|esta)
and = y|pero|e
lead = por favor|oye|bueno|vale|ok|(me|nos) (puedes|puede|podrías|podría) (decir|describir|leer)
    [si]|(puedes|puede|podrías|
    podría) (decirme|describirme|leerme) [si]|dime [si]|dígame [si]|(quiero|quisiera|me gustaría) saber
    [si]|hola|gracias|
    sabes [si]|sabe [si]
tail = por favor|gracias|exactamente|en total
there = (hay|ves|se ve|se ven|existe|existen|aparece|aparecen|puedes ver|ve usted|ve|se puede ver|se pueden ver|tiene|
    contiene|muestra)
they = (él|ella|ellos|ellas|la persona|el hombre|la mujer|<voice>|usted|tú)
voice = (la grabación|la voz|el mensaje [de voz]|el audio|el hablante|la persona que habla|el vídeo|el video|esta
    grabación|
    este mensaje [de voz]|este audio)
said = (dice|dicen|dijo|dijeron|se dice|se dijo|ha dicho|han dicho|se ha dicho|habla|hablan|habló|hablaron|se
    habla|menciona|
    mencionan|mencionó|mencionaron|se menciona|cuenta|cuentan|comenta|comentan|han hablado|ha hablado|han mencionado|ha
    mencionado|está diciendo|están diciendo)
place = (habitación|lugar|sitio|sala|cuarto|tipo de lugar|tipo de habitación)
""",
    pictures="""
in = (en|de) (la|esta|el|este|tu|mi|su) (imagen|foto|fotografía|dibujo|cuadro|vídeo|video|clip|escena|película)
of = (la|esta|mi|el|este) (imagen|foto|fotografía|dibujo|escena)
in both = (en) (las dos|ambas|las) [(imágenes|fotos)]
of both = (las dos|ambas|las) (imágenes|fotos)
in nth = (en|de) (la|el) # (imagen|foto|vídeo|video|fotografía)
in nth2 = en la #
of nth = (la|el) # (imagen|foto|vídeo|video)
ordinals = primera|primer, segunda|segundo|otra, tercera|tercer, cuarta|cuarto
""",
    rules="""
(puedes|puede|podrías|podría) describir [...] => describe the picture
(es|está) [@i] [una] [(foto|imagen|@i)] en blanco y negro|@i (es|está) en blanco y negro => is the picture black and
    white
qué hora es [@p] => what time is it
(es|está) (de día o de noche|de noche o de día) => is it day or night
(lleva alguien|alguien lleva|hay alguien con) {x} [@p] => is anyone wearing a {x}
(cuánto (cuesta|cuestan|vale|valen)|a cuánto está) {k} [@p] => how much does the {k} cost
(cuál es|qué) [el] precio (de|del|de la|de los|de las|tiene) {k} [@p] => how much does the {k} cost
(cuál es|qué es) (el plato|el artículo|lo|el producto) más barato [@p]|qué (cuesta menos|es lo más barato) => what is
    the
    cheapest
(cuál es|qué es) (el plato|el artículo|lo|el producto) más caro [@p]|qué (cuesta más|es lo más caro) => what is the most
    expensive
(cuál es|dime|dame) el [número de] teléfono [@p] => what is the phone number
(cuál es|qué) [la] fecha [(es|pone|hay)] [@p] => what is the date
(cuál es|cuánto es) el (total|importe [total]) [@p]|cuánto hay que pagar => what is the total
cuántas (líneas|renglones) [de texto] [(hay|ves|lees)] [@p] => how many lines of text are there
cuántas palabras [(hay|ves|lees)] [@p] => how many words are written there
(cuál es|qué dice|lee) el (texto más grande|título) [@p] => what is the largest text
(qué|cuál|quién) es [(el|la)] más grande [@p] {x} o {y} => which is bigger, the {x} or the {y}
(qué|cuál|quién) es [(el|la)] más (pequeño|pequeña) [@p] {x} o {y} => which is smaller, the {x} or the {y}
(está|están|es|son) {x} más cerca (de|del) {y} o (de|del) {z} => is the {x} closer to the {y} or to the {z}
{x} (está|están) más cerca (de|del) {y} o (de|del) {z} => is the {x} closer to the {y} or to the {z}
(es|son) {x} más (grande|grandes) que {y}|{x} (es|son) más (grande|grandes) que {y} => is the {x} bigger than the {y}
(es|son) {x} más (pequeño|pequeña|pequeños|pequeñas) que {y}|{x} (es|son) más (pequeño|pequeña|pequeños|pequeñas) que
    {y} => is the {x} smaller than the {y}
{x} y {y} (son (del|de)|tienen el) mismo color|(son|tienen) {x} y {y} (del|de|el) mismo color => are the {x} and the {y}
    the same color
(verdadero o falso|es verdad|es cierto) [que] hay {x} [@p] => true or false: there is a {x}
(verdadero o falso|es verdad|es cierto) [que] no hay {x} [@p] => true or false: there is no {x}
qué (lleva|llevan) [(puesto|puesta)] {x} => what is the {x} wearing
cuánto [tiempo] dura (el|este) (vídeo|clip)|cuál es la duración [del vídeo|@p] => how long is the video
(hola|buenos días|buenas (tardes|noches)|buenas) [a todos] => hello
([muchas] gracias|gracias a (ti|usted)) => thank you
(adiós|hasta (luego|pronto|mañana)|chao) => goodbye
qué (puedes|puede|sabes|sabe) hacer [...] => what can you do
ayuda|cómo funciona [esto]|para qué sirves => what can you do
(quién|qué) (eres|es usted) => who are you
cómo (estás|está usted|te va|vas) => how are you
(estás|está) [usted] (seguro|segura) [de eso] => are you sure
de verdad|en serio => are you sure
por qué|cómo lo sabes|cómo lo sabe => why
y {x} => and the {x}
y @p => and in the picture
[y] (cuántos|cuántas) [(hay|son)] => how many
[y] de qué color => what color
[y] dónde => where
[y] cuándo => when
cuántas veces <said> [<they>] [la palabra] {t} => how many times did they say {t}
cuánto [tiempo] (dura|duran|habla|hablan|hablaron|habló) [<voice>] [...] => how long is the recording
cuánto tiempo (se ve|está visible|aparece) {x} => how long is the {x} visible
(cuántos|cuántas) {x} [(hay|se ven)] (como máximo|como mucho|a la vez|al mismo tiempo) [...] => how many {x:s} are
    there at most at
    once
(cuántos|cuántas) {x} [(hay|ves|se ven|se ve|puedes ver|aparecen|ve usted|son|están|tiene|contiene)] [@i] [@p] => how
    many
    {x:s} are there
(cuenta|cuente) [(los|las)] {x} => how many {x:s} are there
cuál es el número de {x} => how many {x:s} are there
<there> más {x} que {y} [@p] => are there more {x:s} than {y:s}
<there> menos {x} que {y} [@p] => are there fewer {x:s} than {y:s}
<there> (tantos|tantas) {x} como {y} [@p] => are there as many {x:s} as {y:s}
(qué|cuál|en qué|en cuál) [de las] (imagen|foto|imágenes|fotos) (tiene|hay|muestra|contiene) más {x} => which picture
    has more {x:s}
(qué|cuál|en qué|en cuál) [de las] (imagen|foto|imágenes|fotos) (tiene|hay|muestra|contiene) {x} => which picture has
    a {x}
(cuál es la diferencia|cuáles son las diferencias|qué diferencia hay|qué diferencias hay|encuentra las diferencias)
    [entre [@i]]
    [@p] [...] => what is the difference between the pictures
(compara|compare) [...] => what is the difference between the pictures
qué (tienen en común|hay) [@i|@p] [...] en común [...] => what is in both pictures
(es|son) [(en)] el mismo (lugar|sitio) => are they the same place
(son|es) [@i] (iguales|la misma|idénticas) [...] => are they the same
(es|está) [@i] [tomada] (interior o exterior|dentro o fuera|en interior o en exterior) => is it indoors or outdoors
(es|está) [@i] [tomada] (en interiores|dentro|en el interior|en un interior) => is it indoors
(es|está) [@i] [tomada] (en exteriores|fuera|al aire libre|en el exterior) => is it outdoors
(es|es esto) {x} o {y} => is it a {x} or a {y}
(qué|cuál) (es|son) (esto|eso|esa cosa|este objeto) => what is this
(verdadero o falso|es verdad que) {x} (es|está|son|están) {q} => true or false: the {x} is {q}
qué es => what is this
de qué color (es|son|está|están|tiene) [(él|ella)] => what color is it
(de qué|qué|cuál es el) color [(es|son|está|están|tiene|tienen|de|del|hay)] {x} [@p] => what color is the {x}
{x} (es|son) de qué color => what color is the {x}
(qué|cuáles) colores [(hay|se ven|tiene|predominan|dominan|son)] [(los|principales)] [@i] [@p] => what colors are there
(cuál es|cuáles son) (el|los) (color|colores) (principal|principales|dominante|dominantes) [@p] => what colors are there
(dónde|en qué lugar) (se tomó|fue tomada|está tomada|se hizo|se sacó|estamos|es|es esto|está esto) [@i] => where is this
(qué|en qué|cuál es) <place> (es|está|se ve|estamos|muestra|hay|es esta|es este|es esto) [@i] [@p] => what room is this
(dónde|en qué lado|en qué parte) (está|están|se encuentra|se encuentran|hay|ves|queda) {x} [@p] => where is the {x}
(encuentra|localiza|muéstrame|señala) {x} => where is the {x}
qué (hay|ves|se ve|está|aparece) a la izquierda (de|del) {x} => what is left of the {x}
qué (hay|ves|se ve|está|aparece) a la derecha (de|del) {x} => what is right of the {x}
qué (hay|ves|se ve|está|aparece) {q} [@p] => what is {q}
(qué|de qué) (tipo|clase|raza) de {x} (es|hay|se ve) [(esto|este|esta)] [@p] => what kind of {x} is this
qué {x} (es|hay|se ve|ves|aparece|son) [(esto|este|esta|estos|estas)] [@p] => what {x} is this
(qué|qué texto) (pone|está escrito|hay escrito|dice el texto|se lee|puedes leer|lees|se puede leer|hay) (en|sobre) {x}
    => what does
    the {x} say
qué (dice|pone en|muestra) {x} [@p] => what does the {x} say
qué (pone|está escrito|hay escrito|se lee|puedes leer|lees|texto hay|dice el texto|se puede leer|dice @i|texto
    aparece) [ahí|aquí]
    [@p] => what does it say
(lee|lea|extrae) [(el|la|las|los)] (texto|palabras|cartel|letrero|página) [@p] => read the text
(hay|ves|se ve|aparece) [algún|un] (texto|palabras|letras|escrito|algo escrito) [@p] => is there any text
(pone|está escrito|se lee|está escrita la palabra|aparece la palabra|dice) {t} [@p] => does it say {t}
[lo que] (coincide|corresponde|concuerda) [lo que] (dice|dicen|se dice) con @i => does what they say match the picture
lo que (dice|dicen|se dice) (coincide|corresponde|concuerda|es verdad) [con] [@i] [@p] => does what they say match the
    picture
de qué imagen <said> [...] => which picture is he talking about
qué (se dice|dicen|dice|se oye) mientras (se ve|aparece|está visible) {x} => what is said while the {x} is visible
(resume|resuma|haz un resumen de|resumen de|cuál es el resumen de) [(<voice>|lo que se dice|lo que dicen)] =>
    summarise the recording
(qué|en qué|cuál es el) idioma [...] => what language is spoken
(habla|hablan|está|es) en inglés => is he speaking English
qué números [...] => what numbers were mentioned
qué nombres [...] => what names were mentioned
qué fechas [...] => what dates were mentioned
qué precios [...] => what prices were mentioned
(qué es|cuál es|cuáles son|qué fue) (lo primero|las primeras palabras|la primera frase) [...] => what was the first
    thing they said
(qué es|cuál es|cuáles son|qué fue) (lo último|las últimas palabras|la última frase) [...] => what was the last thing
    they said
(cuándo|en qué momento|en qué segundo) <said> [<they>] [(de|del|sobre|la palabra)] {t} => when did they mention {t}
(cuándo|en qué momento|en qué segundo) (aparece|aparecen|se ve|se ven|ves|sale|está visible) {x} [@p] => when does the
    {x} appear
(qué|de qué) <said> [<they>] (sobre|acerca de|acerca del|de|del|respecto a) {t} => what did they say about {t}
<said> [<they>] [(algo)] (de|del|sobre|acerca de|la palabra) {t} => did they mention {t}
<said> {t} => did they mention {t}
(qué|de qué) <said> [<they>] [(aquí|ahí)] [@p] => what did they say
(qué) (oyes|se oye|escuchas|has oído|se escucha) [@p] => what did they say
(transcribe|transcriba|transcripción) [...] => transcribe the recording
quién (habla|está hablando) => who is speaking
(habla alguien|alguien habla|hay alguien hablando) => is anyone speaking
(cómo se siente|cuál es el (tono|estado de ánimo|sentimiento|ánimo)|qué (sentimiento|emoción|tono) (tiene|hay)) [(de)]
    [<they>] [...]
    => how does the speaker feel
(está|parece|suena) [<they>] (feliz|contento|contenta|alegre) [<they>] => is the speaker happy
(está|parece|suena) [<they>] (triste|enfadado|enfadada|enojado|enojada) [<they>] => is the speaker angry
qué (pasa|ocurre|sucede) [@p] => what happens in the video
qué cambia [...] entre (el principio|el comienzo|el inicio) y el (final|fin) [...] => what changes between the start
    and the end
[(cuál es|qué)] [(la|el)] (tamaño|resolución|dimensión) [(tiene|es)] [@i|@p] [...] => how big is the picture
(está|es) [@i] (borrosa|desenfocada) [@i] => is the picture blurred
(está|es) [@i] nítida [@i] => is the picture sharp
quién (es|aparece|está) [...] => who is this
qué (hace|hacen|está haciendo|están haciendo) {x} => what is the {x} doing
qué tiempo hace => what is the weather
(cuántos años|qué edad) (tiene|tienen) [...] => how old is he
por qué ... => why is that
(describe|describa|descríbeme) [...] => describe the picture
qué (hay|ves|se ve|muestra|contiene|aparece|puedes ver|ve usted|se puede ver|representa) [@i] [@p] => describe the
    picture
no (hay|ves|se ve) {x} [@p] => is there no {x}
<there> [alguna vez] {x} [@p] => is there a {x}
(es|son|está|están) {xq} [@p] => is the {x} {q}
(está|aparece) {x} [@p] => is there a {x}
(es esto|esto es|se trata de|es) {x} => is this a {x}
{x} (es|son|está|están) {q} => is the {x} {q}
@p {x} => is there a {x}
(un|una|unos|unas) {x} [@p] => is there a {x}
""",
)
